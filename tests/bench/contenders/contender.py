"""What a contender is: how its blog is written, built and served."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tests.bench import installing
from tests.bench.blog import Post
from tests.bench.edits import Edit

SITES = Path(__file__).resolve().parents[1] / "sites"


class Contender(ABC):
    """A way to make the blog.

    ``made`` are the folders below its root that a cold build begins without; ``posts`` is that of the posts.
    ``site`` names the folder of ``sites/`` that it begins with, if it is another's; ``note`` says what a
    reader of the figures ought to know.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    note: ClassVar[str] = ""
    site: ClassVar[str] = ""
    posts: ClassVar[str]
    made: ClassVar[tuple[str, ...]] = ("site", ".cache")

    @property
    def base(self) -> str:
        """The path at which its server has the site, with slashes at both ends."""
        return "/"

    @property
    def _installed(self) -> Path:
        return installing.CACHE / self.name

    def install(self) -> None:
        """Install what is locked, unless it is there. Raises `installing.UnavailableError`."""
        installing.python(SITES / self.name / "requirements.txt", self._installed)

    def program(self, name: str) -> str:
        """The path of a program that was installed."""
        return str(self._installed / "bin" / name)

    @abstractmethod
    def version(self) -> str:
        """The versions of what does the work."""

    def write(self, root: Path, posts: list[Post]) -> None:
        """Make the new folder ``root`` its site with these posts."""
        shutil.copytree(SITES / (self.site or self.name) / "start", root)
        (root / self.posts).mkdir(parents=True, exist_ok=True)
        for post in posts:
            self.file(root, post).write_text(self.source(post), encoding="utf-8")

    def file(self, root: Path, post: Post) -> Path:
        """The file of a post."""
        return root / self.posts / f"{post.slug}.md"

    @abstractmethod
    def source(self, post: Post) -> str:
        """What stands in the file of a post."""

    @abstractmethod
    def address(self, post: Post) -> str:
        """The path of a post on the site, with a slash at its end and none before it."""

    @abstractmethod
    def build(self) -> list[str]:
        """The command that builds the site in the current folder into ``site/``."""

    @abstractmethod
    def serve(self, port: int) -> list[str]:
        """The command that serves the site in the current folder on a port of 127.0.0.1 as it changes."""

    def edit(self, root: Path, post: Post, marker: str) -> Edit:
        """A new paragraph at the end of a post; one of before goes."""

        def change() -> None:
            self.file(root, post).write_text(f"{self.source(post)}\n{marker}\n", encoding="utf-8")

        return Edit("body of a post", change, self.address(post), lambda answer: answer.holds(marker))

    def edits(self, root: Path, posts: list[Post], turn: int) -> Iterable[Edit]:
        """What is edited under its server, once each a turn; turns count from 0."""
        yield self.edit(root, posts[turn * 37 % len(posts)], f"body-{turn:04}")


def yaml(fields: dict[str, str]) -> str:
    """Front matter of values that are YAML already."""
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in fields.items()) + "---\n"
