"""Serves a small blog with ``mkdocs serve`` and `hooks/mkdocs_live`, without the rest of this project."""

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
hooks: [hooks/live_preview.py, hooks/stamp.py, hooks/spelling.py]
extra_css: [assets/sheet.css]
extra: {generator: false}
"""
_STAMP = """\
def on_post_page(output, *, page, config):
    return output.replace("</main>", "<!-- stamp 1 --></main>")
"""
# Logs a diagnostic as an object, for each line with the word "colour".
_SPELLING = """\
import logging
from types import SimpleNamespace

log = logging.getLogger("mkdocs.hooks.spelling")

def on_page_markdown(markdown, *, page, config, files):
    for number, line in enumerate(page.file.content_string.splitlines(), start=1):
        if "colour" in line:
            diagnostic = SimpleNamespace(
                path=f"docs/{page.file.src_uri}", line=number, column=line.index("colour") + 1, field="text",
                message="'colour' is British English.", hint="Write 'color'.", code="spelling.british",
            )
            log.warning("%s", "a text that nobody parses", extra={"diagnostic": diagnostic})
"""
_SCRIPT = re.compile(rb'<script src="/livereload\.js"[^>]*></script>')


def post(title: str, body: str, *, day: int = 1, category: str = "One", pin: bool = False) -> str:
    front = f"date: 2026-01-{day:02}\ncategories: [{category}]\ntags: [a]\npin: {str(pin).lower()}"
    return f"---\n{front}\n---\n\n# {title}\n\nAn excerpt of {title}.\n\n<!-- more -->\n\n{body}\n"


def write(root: Path) -> None:
    """Write a project: a blog of three posts, a page, a style sheet, an image and a template."""
    files = {
        "mkdocs.yml": _CONFIGURATION,
        "hooks/stamp.py": _STAMP,
        "hooks/spelling.py": _SPELLING,
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
    shutil.copy(project.ROOT / "hooks" / "live_preview.py", root / "hooks")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(project.ROOT / "hooks" / "mkdocs_live", root / "hooks" / "mkdocs_live", ignore=ignored)


@dataclass
class Preview:
    """A running preview of the project at ``root``. ``events`` are those that no test has read."""

    root: Path
    port: int
    base: str = ""
    pid: int = 0
    events: list[tuple[str, Any]] = field(default_factory=list)
    _event: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body, without the script; the status is 0 if the server does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request("GET", f"{self.base}{path}")
            response = connection.getresponse()
            return response.status, _SCRIPT.sub(b"", response.read())
        except OSError:
            return 0, b""
        finally:
            connection.close()

    def wait_until(self, condition: Callable[[], bool], description: str) -> float:
        """Wait until a condition holds; return the seconds that took."""
        begin = time.monotonic()
        while not condition():
            assert time.monotonic() - begin < SECONDS, f"did not happen: {description}"
            time.sleep(0.005)
        return time.monotonic() - begin

    def wait_for_text(self, path: str, text: str) -> float:
        return self.wait_until(lambda: text.encode() in self.get(path)[1], f"{text!r} at {path}")

    def wait_for_event(self, event: str, matches: Callable[[Any], bool] = lambda _: True) -> Any:
        """Wait for an event that matches; return its data, and drop all events up to it."""

        def find() -> int | None:
            return next(
                (at for at, (name, data) in enumerate(self.events) if name == event and matches(data)), None
            )

        with self._event:
            assert self._event.wait_for(lambda: find() is not None, SECONDS), f"no {event}: {self.events}"
            index = find()
            assert index is not None
            data = self.events[index][1]
            del self.events[: index + 1]
            return data

    def listen(self) -> None:
        """Collect events in a thread, as a browser does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/livereload")
        response = connection.getresponse()

        def read() -> None:
            for line in map(bytes.decode, response):
                field, _, value = line.strip().partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    with self._event:
                        self.events.append((name, json.loads(value)))
                        self._event.notify_all()

        threading.Thread(target=read, daemon=True).start()

    def differences(self, built: Path) -> list[str]:
        """Return the files of a build that the preview serves with another content."""
        files = [path.relative_to(built).as_posix() for path in sorted(built.rglob("*")) if path.is_file()]
        return [name for name in files if self.get(f"/{name}") != (200, (built / name).read_bytes())]


def build(root: Path, preview: Preview, folder: Path) -> Path:
    """Build the site from scratch, for the URL at which it is served."""
    shutil.rmtree(folder, ignore_errors=True)
    result = project.mkdocs(root, "build", "--site-dir", folder, env={"SITE_URL": f"{preview.url}/"})
    assert result.returncode == 0, result.stderr
    return folder


@contextmanager
def serve(root: Path, base: str = "") -> Iterator[Preview]:
    """Serve a site at a free port, below the path ``base``; stop it with an interrupt (Ctrl+C)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    preview = Preview(root, port, base)
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    with (root.parent / f"{root.name}.log").open("w+") as log:
        process = subprocess.Popen(command, cwd=root, env=project.environment(), stdout=log, stderr=log)
        preview.pid = process.pid
        try:
            preview.wait_until(lambda: preview.get("/")[0] != 0 or process.poll() is not None, "an answer")
            assert process.poll() is None, Path(log.name).read_text()
            preview.listen()
            yield preview
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(SECONDS)
        assert code == 0, Path(log.name).read_text()
