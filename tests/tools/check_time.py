"""Prints the processor time of `make check` on a site of 300 posts.

Run it with ``PYTHONPATH=hooks .venv/bin/python -m tests.tools.check_time``. The figures are seconds of all
processes, which a busy machine changes less than wall time.
"""

import resource
import sys
import tempfile
from pathlib import Path

from tests.bench import blog
from tests.bench.contenders import stock
from tests.support import project, small_site

_POSTS = 300


def main() -> None:
    posts = {f"docs/musings/posts/{post.slug}.md": stock.source(post) for post in blog.create_posts(_POSTS)}
    with tempfile.TemporaryDirectory() as folder:
        root = small_site.create(Path(folder) / "site", posts)
        print(f"no cache:         {_check(root):.2f} s")
        path = root / list(posts)[_POSTS // 2]
        path.write_text(f"{path.read_text(encoding='utf-8')}\nOne more paragraph.\n", encoding="utf-8")
        print(f"one changed post: {_check(root):.2f} s")
        print(f"no change:        {_check(root):.2f} s")


def _check(root: Path) -> float:
    """Check the site, which is valid, and return the processor time in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    check = project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": str(root / "hooks")})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if check.returncode:
        sys.exit(check.stdout + check.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
