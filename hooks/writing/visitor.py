"""Asking other sites for a page, by the least that tells whether it is there."""

from __future__ import annotations

import requests

from writing.external import Answer

_SECONDS = 20
_FOR_GOOD = {301, 308}


class Visitor:
    """Asks with a name and an address of its own, so that whoever is asked can see by whom.

    One object may be used by several threads: each request has a session of its own.
    """

    def __init__(self, site: str, url: str) -> None:
        about = f" (+{url})" if url else ""
        words = f"{site} link check{about}"
        # Headers are Latin-1; a name in another script would be refused.
        self._headers = {"User-Agent": words.encode("ascii", "ignore").decode().strip(), "Accept": "*/*"}

    def __call__(self, url: str) -> Answer:
        """Ask for the head of a page, and for the page itself only where that is refused."""
        answer = self._ask("HEAD", url)
        return answer if answer.verdict == "there" else self._ask("GET", url)

    def _ask(self, method: str, url: str) -> Answer:
        try:
            with (
                requests.Session() as session,
                # The body is never read: the connection closes after the head.
                session.request(
                    method, url, headers=self._headers, timeout=_SECONDS, stream=True
                ) as response,
            ):
                moved = bool(response.history) and all(
                    one.status_code in _FOR_GOOD for one in response.history
                )
                return Answer(response.status_code, response.reason or "", response.url if moved else "")
        except requests.exceptions.RequestException as error:
            return Answer(0, _why(error))


def _why(error: requests.exceptions.RequestException) -> str:
    kinds: dict[type[Exception], str] = {
        requests.exceptions.SSLError: "its certificate is not trusted",
        requests.exceptions.ConnectTimeout: "no connection in time",
        requests.exceptions.ReadTimeout: "no answer in time",
        requests.exceptions.TooManyRedirects: "it redirects in a circle",
        requests.exceptions.ConnectionError: "no connection",
        requests.exceptions.InvalidURL: "no valid address",
    }
    return next((words for kind, words in kinds.items() if isinstance(error, kind)), type(error).__name__)
