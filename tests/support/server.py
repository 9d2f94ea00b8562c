"""A local server that serves a built site as GitHub Pages does."""

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
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


class _CompressedPages(_Pages):
    """Compresses text with gzip, keeps connections open and lets browsers cache files for ten minutes.

    This is what GitHub Pages does. It does not use Brotli, whose files are about a sixth smaller.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        status = HTTPStatus.OK
        if path.is_dir():
            super().do_GET()  # redirects to the URL with a slash at the end
            return
        if not path.is_file():
            path, status = Path(self.directory, "404.html"), HTTPStatus.NOT_FOUND
        content_type = self.guess_type(str(path))
        body, tag = _read(path, path.stat().st_mtime_ns, _is_text(content_type))
        if self.headers.get("If-None-Match") == tag:
            status, body = HTTPStatus.NOT_MODIFIED, b""
        self.send_response(status)
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "max-age=600")
        if status != HTTPStatus.NOT_MODIFIED:
            charset = "; charset=utf-8" if content_type.startswith("text/") else ""
            self.send_header("Content-Type", content_type + charset)
            if _is_text(content_type):
                self.send_header("Content-Encoding", "gzip")
                self.send_header("Vary", "Accept-Encoding")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _is_text(content_type: str) -> bool:
    return content_type.startswith("text/") or content_type.endswith(("json", "javascript", "xml"))


@cache
def _read(path: Path, _changed: int, is_compressed: bool) -> tuple[bytes, str]:
    """Return the content of a file, compressed if ``is_compressed``, and its entity tag."""
    content = path.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return gzip.compress(content, compresslevel=6, mtime=0) if is_compressed else content, tag


@contextmanager
def serve(site: Path, base: str = "", *, compressed: bool = False) -> Iterator[str]:
    """Serve the folder `site` below the path `base` on a free local port.

    Yields its URL, without a slash at the end. ``compressed``: with compression and caching.
    """
    pages = type("_PagesBelow", (_CompressedPages if compressed else _Pages,), {"base": base})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(pages, directory=str(site))) as server:
        thread = Thread(target=server.serve_forever, name="site")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{base}"
        finally:
            server.shutdown()
            thread.join()
