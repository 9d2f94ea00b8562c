"""``python -m portfolio``: see `portfolio.cli`, and `mkdocs_glue.build_command` for build and serve."""

import gc
import sys

from mkdocs_incremental import skip_build


def main() -> int:
    """Run a command; return the exit code."""
    if sys.argv[1:2] == ["build"]:
        # Before anything else is imported, because that takes ten times longer.
        manifest = skip_build.read_manifest(skip_build.CACHE)
        obstacle = skip_build.find_obstacle(manifest)
        if manifest is not None and not obstacle:
            sys.stderr.write(manifest["message"])
            return 0
        _delay_garbage_collector()
        from portfolio.mkdocs_glue.build_command import build

        build(sys.argv[2:], manifest, obstacle)
    if sys.argv[1:2] == ["serve"]:
        _delay_garbage_collector()
        from portfolio.mkdocs_glue.build_command import serve

        serve(sys.argv[2:])
    from portfolio.cli import main as run

    return run()


def _delay_garbage_collector() -> None:
    """Let it run after more new objects: of 400 ms of imports it takes a tenth and frees nothing."""
    gc.set_threshold(300_000)


if __name__ == "__main__":
    sys.exit(main())
