"""This site, with all that it has: hooks, templates, settings, pages, data, and the posts beside its own."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from portfolio.sources import mkdocs_yml
from portfolio.sources.mkdocs_yml import SitePaths
from tests.bench import our_edits
from tests.bench.blog import Post
from tests.bench.contenders import stock
from tests.bench.edits import Edit
from tests.support import project

_PICTURE = "benchmark.png"


class Ours(stock.Stock):
    """Runs as `make build` and `make serve` do, in a repository, since pages tell when they changed."""

    name = "ours"
    title = "This site"
    note = "all that it has is on: record, CV, cards, feeds, checks; it has its own pages and posts besides"

    def version(self) -> str:
        return f"Material {super().version()}"

    def write(self, root: Path, posts: list[Post]) -> None:
        project.copy(root)
        self.add(root, posts)
        name = ["-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org"]
        for command in (["init", "--quiet"], ["add", "."], [*name, "commit", "--quiet", "-m", "A blog"]):
            subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)

    def add(self, root: Path, posts: list[Post]) -> None:
        """Put posts beside those of a copy of this project, whoever owns it, and the picture that one shows.

        Data and pages may lead to the posts that are there, so they stay.
        """
        for post in posts:
            self.file(root, post).write_text(self.source(post), encoding="utf-8")
        our_edits.draw(self.picture(root))

    def places(self, root: Path) -> SitePaths:
        """Where a site keeps what it has."""
        return mkdocs_yml.read_paths(root / "mkdocs.yml")[0]

    def file(self, root: Path, post: Post) -> Path:
        return self._posts(root) / f"{post.slug}.md"

    def picture(self, root: Path) -> Path:
        """The picture that the first post shows."""
        return self._posts(root) / _PICTURE

    def source(self, post: Post) -> str:
        picture = f"\n![Noise]({_PICTURE})\n" if post.number == 0 else ""
        return stock.source(post) + picture

    def address(self, post: Post) -> str:
        return f"{self._blog}/{post.day:%Y/%m/%d}/{post.slug}/"

    @property
    def base(self) -> str:
        return f"{project.base()}/"

    def category(self, post: Post) -> str:
        """The path of the list of a post's category."""
        return f"{self._blog}/category/{post.category.lower()}/"

    def edits(self, root: Path, posts: list[Post], turn: int) -> Iterable[Edit]:
        yield from super().edits(root, posts, turn)
        yield from our_edits.edits(self, root, posts, turn)

    @property
    def _blog(self) -> str:
        places = self.places(project.ROOT)
        return self._posts(project.ROOT).relative_to(places.docs).parent.as_posix()

    def _posts(self, root: Path) -> Path:
        folder = self.places(root).posts
        assert folder is not None, "the site has no blog"
        return folder
