"""A local server that serves a built site as GitHub Pages does."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


class _Pages(SimpleHTTPRequestHandler):
    base = ""

    def translate_path(self, path: str) -> str:
        """Map paths below the site's to its folder, and all others to nothing."""
        inside = path.startswith(f"{self.base}/")
        return super().translate_path(path[len(self.base) :] if inside else "/no such file")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Requests are recorded by the browser."""


@contextmanager
def serve(site: Path, base: str = "") -> Iterator[str]:
    """Serve the folder `site` below the path `base` on a free local port.

    Yields its URL, without a slash at the end.
    """
    pages = type("_PagesBelow", (_Pages,), {"base": base})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(pages, directory=str(site))) as server:
        thread = Thread(target=server.serve_forever, name="site")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{base}"
        finally:
            server.shutdown()
            thread.join()
