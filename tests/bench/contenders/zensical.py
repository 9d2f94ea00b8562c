"""Zensical, by the makers of Material, with the same sources and settings as stock Material."""

from typing import ClassVar

from tests.bench import installing
from tests.bench.contenders.contender import Contender
from tests.bench.contenders.stock import Stock


class Zensical(Stock):
    """Reads Material's ``mkdocs.yml``, its blog and tags included."""

    name = "zensical"
    title = "Zensical"
    note = "has a blog, and reads stock Material's `mkdocs.yml`"
    site: ClassVar[str] = "stock"

    def install(self) -> None:
        Contender.install(self)

    def version(self) -> str:
        return installing.version(self._installed, "zensical")

    def build(self) -> list[str]:
        return [self.program("zensical"), "build"]

    def serve(self, port: int) -> list[str]:
        return [self.program("zensical"), "serve", "--dev-addr", f"127.0.0.1:{port}"]
