"""Zensical, by the authors of Material, with the same sources and settings as Material."""

from typing import ClassVar

from tests.bench import installing
from tests.bench.contenders.contender import Contender
from tests.bench.contenders.stock import Stock


class Zensical(Stock):
    """Reads Material's ``mkdocs.yml``, including blog and tags."""

    name = "zensical"
    title = "Zensical"
    note = "has a blog, and reads Material's `mkdocs.yml`"
    site: ClassVar[str] = "stock"

    def install(self) -> None:
        Contender.install(self)

    def version(self) -> str:
        return installing.installed_version(self._environment, "zensical")

    def build(self) -> list[str]:
        return [self.program("zensical"), "build"]

    def serve(self, port: int) -> list[str]:
        return [self.program("zensical"), "serve", "--dev-addr", f"127.0.0.1:{port}"]
