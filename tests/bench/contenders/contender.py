"""The interface of a generator: how its blog is written, built and served."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from tests.bench import installing
from tests.bench.blog import Post
from tests.bench.edits import Edit

SITES = Path(__file__).resolve().parents[1] / "sites"


class Contender(ABC):
    """A generator.

    ``generated`` are the folders in its project that a cold build starts without; ``posts`` is the folder of
    posts. ``site`` is the folder in ``sites/`` with its configuration, if that is not its name. ``note`` is
    shown below the results.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    note: ClassVar[str] = ""
    site: ClassVar[str] = ""
    posts: ClassVar[str]
    generated: ClassVar[tuple[str, ...]] = ("site", ".cache")

    @property
    def base(self) -> str:
        """The path of the site on its server, with slashes at both ends."""
        return "/"

    @property
    def _environment(self) -> Path:
        return installing.CACHE / self.name

    def install(self) -> None:
        """Install the locked packages, unless they are. Raises `installing.UnavailableError`."""
        installing.install_python(SITES / self.name / "requirements.txt", self._environment)

    def program(self, name: str) -> str:
        """Return the path of an installed program."""
        return str(self._environment / "bin" / name)

    @abstractmethod
    def version(self) -> str:
        """Return the versions of the generator and what it runs on."""

    def write(self, root: Path, posts: list[Post]) -> None:
        """Create the site with these posts in the new folder ``root``."""
        shutil.copytree(SITES / (self.site or self.name) / "start", root)
        (root / self.posts).mkdir(parents=True, exist_ok=True)
        for post in posts:
            self.file(root, post).write_text(self.source(post), encoding="utf-8")

    def file(self, root: Path, post: Post) -> Path:
        """Return the source file of a post."""
        return root / self.posts / f"{post.slug}.md"

    @abstractmethod
    def source(self, post: Post) -> str:
        """Return the content of the source file of a post."""

    @abstractmethod
    def page(self, post: Post) -> str:
        """Return the path of a post on the site, with a slash at the end only."""

    def commit(self, root: Path) -> None:  # noqa: B027 - most sites are in no repository
        """Commit all changes, if the site is in a repository."""

    @abstractmethod
    def build(self) -> list[str]:
        """Return the command that builds the site in the current folder into ``site/``."""

    @abstractmethod
    def serve(self, port: int) -> list[str]:
        """Return the command that serves the site in the current folder on a port of 127.0.0.1."""

    def edit(self, root: Path, post: Post, marker: str) -> Edit:
        """Add a paragraph with a marker to a post, in place of an earlier one."""

        def change() -> None:
            self.file(root, post).write_text(f"{self.source(post)}\n{marker}\n", encoding="utf-8")

        return Edit("body of a post", change, self.page(post), lambda page: page.contains(marker))

    def edits(self, root: Path, posts: list[Post], turn: int) -> Iterator[Edit]:
        """Yield the edits to apply while its server runs. ``turn`` counts from 0."""
        yield self.edit(root, posts[turn * 37 % len(posts)], f"body-{turn:04}")


def yaml(fields: dict[str, str]) -> str:
    """Return front matter. The values are YAML."""
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in fields.items()) + "---\n"
