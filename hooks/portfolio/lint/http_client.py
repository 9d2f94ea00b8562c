"""Asking other sites for a page, by the least that tells whether it is there."""

from __future__ import annotations

import time
from collections.abc import Callable

import requests

from portfolio.lint.link_status import Answer

_SECONDS = 20
_FOR_GOOD = {301, 308}
_REDIRECTS = 5
_LONGEST_WORDS = 60


class Visitor:
    """Asks with a name and an address of its own, so that whoever is asked can see by whom.

    One object may be used by several threads: each request has a session of its own. ``wait`` is called with
    ``pause`` (seconds) before the second of two requests for a page.
    """

    def __init__(
        self, site: str, url: str, *, pause: float = 1.0, wait: Callable[[float], object] = time.sleep
    ) -> None:
        self._pause, self._wait = pause, wait
        about = f" (+{url})" if url else ""
        words = f"{site} link check{about}"
        # Headers are Latin-1; a name in another script would be refused.
        self._headers = {"User-Agent": words.encode("ascii", "ignore").decode().strip(), "Accept": "*/*"}

    def __call__(self, url: str) -> Answer:
        """Ask for the head of a page, and for the page itself only where that tells nothing."""
        answer = self._ask("HEAD", url)
        if answer.is_final:
            return answer
        self._wait(self._pause)
        return self._ask("GET", url)

    def _ask(self, method: str, url: str) -> Answer:
        try:
            with requests.Session() as session:
                session.max_redirects = _REDIRECTS
                # The body is never read: the connection closes after the head.
                with session.request(
                    method, url, headers=self._headers, timeout=_SECONDS, stream=True
                ) as response:
                    moved = bool(response.history) and all(
                        one.status_code in _FOR_GOOD for one in response.history
                    )
                    return Answer(
                        response.status_code,
                        response.reason or "",
                        response.url if moved else "",
                        response.headers.get("Retry-After", "")[:_LONGEST_WORDS],
                    )
        # Some addresses are refused before anything is sent, not always by an error of requests' own.
        except (requests.exceptions.RequestException, ValueError) as error:
            return Answer(0, _why(error))


def _why(error: Exception) -> str:
    kinds: dict[type[Exception], str] = {
        requests.exceptions.SSLError: "its certificate is not trusted",
        requests.exceptions.ConnectTimeout: "no connection in time",
        requests.exceptions.ReadTimeout: "no answer in time",
        requests.exceptions.TooManyRedirects: f"it redirects more than {_REDIRECTS} times",
        requests.exceptions.ConnectionError: "no connection",
        ValueError: "no valid address",
    }
    return next((words for kind, words in kinds.items() if isinstance(error, kind)), type(error).__name__)
