"""A small blog that is served by ``mkdocs serve`` with `mkdocs_live` and no other part of this project."""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import project

SECONDS = 30
_CONFIGURATION = """\
site_name: Small
site_url: !ENV [SITE_URL, "https://example.org/"]
theme: {name: material, custom_dir: overrides, font: false}
plugins:
  - search
  - blog: {post_excerpt: required, archive: true}
  - tags
hooks: [hooks/serving.py, hooks/stamp.py]
extra_css: [assets/sheet.css]
extra: {generator: false}
"""
_STAMP = """\
def on_post_page(output, *, page, config):
    return output.replace("</main>", "<!-- stamp 1 --></main>")
"""
_SCRIPT = re.compile(rb'<script src="/livereload\.js"[^>]*></script>')


def post(title: str, body: str, *, day: int = 1, category: str = "One") -> str:
    front = f"date: 2026-01-{day:02}\ncategories: [{category}]\ntags: [a]"
    return f"---\n{front}\n---\n\n# {title}\n\nAn excerpt of {title}.\n\n<!-- more -->\n\n{body}\n"


def write(root: Path) -> None:
    """A blog of three posts, a page, a style sheet, a picture, a template."""
    files = {
        "mkdocs.yml": _CONFIGURATION,
        "hooks/stamp.py": _STAMP,
        "docs/index.md": "# Home\n\nWelcome.\n\n" + "\n\n".join(f"Paragraph {n}." for n in range(200)) + "\n",
        "docs/about.md": "# About\n\nSee [home](index.md).\n",
        "docs/tags.md": "# Tags\n\n<!-- material/tags -->\n",
        "docs/blog/index.md": "# Blog\n",
        "docs/assets/sheet.css": "p { color: black }\n",
        "docs/assets/picture.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n',
        "overrides/partials/copyright.html": "<p>Copyright A</p>\n",
    }
    for number, name in enumerate(("first", "second", "third"), start=1):
        files[f"docs/blog/posts/{name}.md"] = post(name.capitalize(), f"Body of {name}.", day=number)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy(project.ROOT / "hooks" / "serving.py", root / "hooks")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(project.ROOT / "hooks" / "mkdocs_live", root / "hooks" / "mkdocs_live", ignore=ignored)


@dataclass
class Preview:
    """A site that is served at ``url``."""

    root: Path
    port: int
    base: str = ""
    told: list[tuple[str, Any]] = field(default_factory=list)
    _told: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body, without the script; status 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request("GET", f"{self.base}{path}")
            response = connection.getresponse()
            return response.status, _SCRIPT.sub(b"", response.read())
        except OSError:
            return 0, b""
        finally:
            connection.close()

    def until(self, seen: Callable[[], bool], what: str) -> float:
        """Wait until something is seen; returns the seconds that took."""
        begin = time.monotonic()
        while not seen():
            assert time.monotonic() - begin < SECONDS, f"not seen: {what}"
            time.sleep(0.005)
        return time.monotonic() - begin

    def shows(self, path: str, text: str) -> float:
        return self.until(lambda: text.encode() in self.get(path)[1], f"{text!r} at {path}")

    def hears(self, event: str, wanted: Callable[[Any], bool] = lambda _: True) -> Any:
        """The data of the next event of a kind that is as wanted; all events up to there are forgotten."""

        def find() -> int | None:
            places = (at for at, (name, data) in enumerate(self.told) if name == event and wanted(data))
            return next(places, None)

        with self._told:
            assert self._told.wait_for(lambda: find() is not None, SECONDS), f"no {event}: {self.told}"
            place = find()
            assert place is not None
            found = self.told[place][1]
            del self.told[: place + 1]
            return found

    def listen(self) -> None:
        """Collect events, as a browser does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/livereload")
        response = connection.getresponse()

        def read() -> None:
            name = ""
            while line := response.readline().decode().strip("\n") if not response.closed else "":
                name = self._take(line, name, response)

        threading.Thread(target=read, daemon=True).start()

    def _take(self, line: str, name: str, response: http.client.HTTPResponse) -> str:
        if line.startswith("event: "):
            return line.removeprefix("event: ")
        if line.startswith("data: "):
            with self._told:
                self.told.append((name, json.loads(line.removeprefix("data: "))))
                self._told.notify_all()
            response.readline()  # the empty line after it
        elif line.startswith(("retry: ", ":")):
            response.readline()
        return name

    def differs(self, built: Path) -> list[str]:
        """The files of a build that are served with another content."""
        files = [path.relative_to(built).as_posix() for path in sorted(built.rglob("*")) if path.is_file()]
        return [name for name in files if self.get(f"/{name}") != (200, (built / name).read_bytes())]


def build(root: Path, preview: Preview, folder: Path) -> Path:
    """What a build from nothing makes of a site for the address at which it is served."""
    shutil.rmtree(folder, ignore_errors=True)
    done = project.mkdocs(root, "build", "--site-dir", folder, env={"SITE_URL": f"{preview.url}/"})
    assert done.returncode == 0, done.stderr
    return folder


@contextmanager
def serve(root: Path, base: str = "") -> Iterator[Preview]:
    """Serve a site at a free port, below the path ``base``; end with an interrupt, as a person does."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    preview = Preview(root, port, base)
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    with (root.parent / f"{root.name}.log").open("w+") as log:
        process = subprocess.Popen(command, cwd=root, env=project.environment(), stdout=log, stderr=log)
        try:
            preview.until(lambda: preview.get("/")[0] != 0 or process.poll() is not None, "an answer")
            assert process.poll() is None, Path(log.name).read_text()
            preview.listen()
            yield preview
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(SECONDS)
        assert code == 0, Path(log.name).read_text()
