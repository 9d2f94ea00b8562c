"""Sites that are imported into a small one, built, and compared with what they were before.

A fixture is a folder of ``tests/imports`` with ``fixture.yml``:

- ``shows``: what it is about.
- ``generator``: the command that wrote ``published/``.
- ``from``: what is imported, such as ``source``. It is copied to the project, so lines of the report begin
  with this path.
- ``options``: further options of the command (optional).
- ``article``: the CSS selector of the text of a page in ``published/``, and ``exclude`` that of what is in it
  but no part of the text, such as its title and its date (optional).
- ``site``: the URL of the old site (optional), by which its absolute links are recognized.
- ``urls``: old paths besides those of the HTML files in ``published/``.
- ``lost``: URLs of ``published/`` that this site does not answer (optional): files to which no page links,
  and ids of headings that the source does not have.
- ``expect``: the lines with warnings and errors, as the terminal prints them.
"""

from __future__ import annotations

import contextlib
import io
import posixpath
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup
from bs4.element import PreformattedString, Tag

from portfolio.cli import main
from tests.support import feeds, project, small_site
from tests.support.builder import Builder

FOLDER = project.ROOT / "tests" / "imports"
_BLOCKS = (
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr "
    "li nav ol p pre section table tbody td tfoot th thead tr ul summary details video iframe img"
).split()
# Parts of a page that are not its text: links of headings and footnotes, line numbers, what a theme adds,
# and tables of contents.
_NOT_TEXT = (
    ".headerlink, .footnote-backref, .reversefootnote, .footnote-back, [data-footnote-backref], "
    "a[href^='#fnref'], .linenos, .lineno, .gutter, .linenodiv, .lnt, .ln, .rouge-gutter, .mermaid, "
    ".diagram, script:not([type^='math/tex']), style, template, noscript, .MathJax_Preview, .katex-html, "
    ".post-meta, .post-end, .contents-menu, .story-head, nav, .unseen, .toc"
)
# Tables that put line numbers beside code.
_LINE_NUMBER_TABLES = "table.lntable, table.rouge-table, table.highlighttable"
_FORMULAS = ".katex, .arithmatex, span.math, div.math, math, script[type^='math/tex'], mjx-container"
_DELIMITED = re.compile(
    r"\\\((.+?)\\\)|\\\[(.+?)\\\]|\$\$(.+?)\$\$|(?<![\w$\\])\$(\S(?:[^$]*\S)?)\$(?![\w$])", re.S
)
_TYPOGRAPHY = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
        "′": "'",
    }
)
_FORMULA_MARK = "\ue000"
_CODE_ELEMENTS = ("pre", "code", "script", "style", "kbd", "samp")
_NOTES = ".footnotes li, .footnote li, [role=doc-endnotes] li"
_NOTE_LINK = re.compile(r"#(?:fn|_?ref|cite)")


@dataclass(frozen=True)
class Fixture:
    """A site to import, as ``fixture.yml`` describes it."""

    folder: Path
    settings: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @property
    def published(self) -> Path:
        """The folder with the site as its generator published it."""
        return self.folder / "published"

    @property
    def expected(self) -> list[str]:
        """The lines of the report with warnings and errors."""
        return list(self.settings.get("expect") or [])

    @property
    def old_paths(self) -> list[str]:
        """The paths that the site answered: those of its pages, and those that the settings name."""
        return [*self.page_paths, *(self.settings.get("urls") or [])]

    @property
    def lost(self) -> list[str]:
        """The URLs that are lost."""
        return list(self.settings.get("lost") or [])

    @property
    def page_paths(self) -> list[str]:
        """The paths of all pages of the site."""
        pages = sorted(self.published.rglob("*.html")) if self.published.is_dir() else []
        names = (path.relative_to(self.published).as_posix() for path in pages)
        return [f"/{_remove_index(name)}" for name in names if name != "404.html"]

    @property
    def is_same_site(self) -> Callable[[str], bool]:
        """Whether a host is that of the old site."""
        own = urlsplit(self.settings.get("site") or "").netloc.removeprefix("www.")
        return lambda host: not host or host.removeprefix("www.") == own


def _remove_index(name: str) -> str:
    return re.sub(r"(?:^|(?<=/))index\.html$", "", name)


def load_fixtures() -> list[Fixture]:
    """Load all fixtures, sorted by name."""
    return [
        Fixture(path.parent, yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*/fixture.yml"))
    ]


@dataclass
class ImportedProject:
    """A small site into which a fixture was imported, and what the commands printed."""

    fixture: Fixture
    root: Path
    output: str = ""
    exit_code: int = 0

    def run_import(self) -> None:
        """Import the fixture."""
        options = self.fixture.settings.get("options") or []
        self.exit_code, self.output = self.run(
            "import", *options, str(self.root / self.fixture.settings["from"])
        )
        assert self.exit_code < 2, self.output

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command of the project in this process; return its exit code and what it printed."""
        output = io.StringIO()
        config = str(self.root / "mkdocs.yml")
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = main([arguments[0], "--config", config, *arguments[1:]])
        return code, output.getvalue()

    @property
    def reported(self) -> list[str]:
        """The lines with problems of the import."""
        lines = self.output.splitlines()
        return [line for line in lines if re.match(r"\S.*:\d+:\d+: ", line)]

    @property
    def site(self) -> Path:
        """The folder of the built site."""
        return self.root / "site"

    def check(self) -> list[str]:
        """Return what the check prints if the project has problems."""
        code, output = self.run("check")
        return output.splitlines() if code else []

    def build(self, builder: Builder) -> None:
        """Build the site, which must succeed without a warning."""
        project.load_caches(self.root)
        assert builder.build(self.root / "mkdocs.yml", strict=True) == (0, [])
        project.save_caches(self.root)

    @cached_property
    def pages(self) -> list[ComparedPage]:
        """Each page with a text before, with what answers its URL now."""
        return [
            ComparedPage(self, path, article)
            for path in self.fixture.page_paths
            if (article := self._read_article(path)) is not None
        ]

    def _is_post(self, url: str) -> bool:
        return self._read_article(urlsplit(url).path) is not None

    def _read_article(self, path: str) -> Tag | None:
        file = find_answer(self.fixture.published, path)
        if file is None:
            return None
        article = _parse(file).select_one(self.fixture.settings["article"])
        if article is not None and "exclude" in self.fixture.settings:
            for node in article.select(self.fixture.settings["exclude"]):
                node.extract()
        return article

    @cached_property
    def feeds(self) -> dict[str, set[str]]:
        """The ids of the posts in each published feed, by its path."""
        found: dict[str, set[str]] = {}
        for path in sorted(self.fixture.published.rglob("*")):
            if path.suffix in (".xml", ".atom", ".rss") and path.is_file() and "sitemap" not in path.name:
                entries = feeds.parse_feed(path.read_bytes())["entries"]
                # Feeds of lists have entries that are no posts.
                ids = {entry["id"] for entry in entries if self._is_post(entry.get("link", ""))}
                if ids:
                    found[f"/{path.relative_to(self.fixture.published).as_posix()}"] = ids
        return found


def create_site(root: Path) -> Path:
    """Create a small site without posts in the new folder ``root``, and return the folder."""
    # Tests of these exports use any texts.
    small_site.create(root, {}, "exports: {cards: false, cv_pdf: false}\n")
    (root / "docs/musings/posts/first.md").unlink()
    return root


def import_fixture(fixture: Fixture, root: Path) -> ImportedProject:
    """Import a fixture into a site."""
    source = fixture.settings["from"].split("/")[0]
    if (fixture.folder / source).is_dir():
        shutil.copytree(fixture.folder / source, root / source)
    else:
        shutil.copy(fixture.folder / source, root / source)
    imported = ImportedProject(fixture, root)
    imported.run_import()
    return imported


@lru_cache(maxsize=256)
def _parse(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_bytes(), "lxml")


def find_answer(site: Path, path: str) -> Path | None:
    """Return the file with which GitHub Pages answers a path, None if it answers 404."""
    name = unquote(path.partition("?")[0]).lstrip("/")
    candidates = (
        [f"{name}index.html"]
        if not name or name.endswith("/")
        else [name, f"{name}.html", f"{name}/index.html"]
    )
    return next((site / candidate for candidate in candidates if (site / candidate).is_file()), None)


def follow(site: Path, path: str) -> Path | None:
    """Return the file at which a browser arrives from a path, through pages that redirect."""
    return _follow_redirects(site, path)[0]


def _follow_redirects(site: Path, path: str) -> tuple[Path | None, str]:
    """Return the file at which a browser arrives from a path, and the fragment that redirects add."""
    fragment = ""
    for _ in range(5):
        file = find_answer(site, path)
        # A feed can be the index of a folder.
        if file is None or file.suffix != ".html" or file.read_bytes().startswith(b"<?xml"):
            return file, fragment
        refresh = _parse(file).select_one('meta[http-equiv="refresh"]')
        if refresh is None:
            return file, fragment
        target = str(refresh.get("content")).partition("url=")[2].strip("'\"")
        base = f"/{file.relative_to(site).as_posix()}"
        parts = urlsplit(urljoin(base, target))
        path, fragment = parts.path, parts.fragment or fragment
    return None, ""


@dataclass
class ComparedPage:
    """The text of a page before, and of the page that answers its URL now."""

    project: ImportedProject
    path: str
    before_node: Tag
    _new_file: Path | None = field(default=None, init=False)

    @cached_property
    def before(self) -> PageText:
        """The page as the old site had it."""
        return PageText(str(self.before_node), self.path)

    @cached_property
    def after(self) -> PageText:
        """The page as this site has it."""
        file = follow(self.project.site, self.path)
        assert file is not None, f"{self.path} is lost"
        article = _parse(file).select_one("article.content")
        assert article is not None, (
            f"{self.path} leads to a list; 'article' is the selector of posts and pages"
        )
        heading = article.select_one("h1")
        if heading is not None:
            heading.decompose()
        name = file.relative_to(self.project.site).as_posix()
        return PageText(str(article), f"/{_remove_index(name)}")

    def old_links(self) -> Iterator[tuple[str, str]]:
        """Yield the text and the destination of each link before that led somewhere, as `new_links` does."""
        fixture = self.project.fixture
        for text, url in self.before.links:
            parts = urlsplit(urljoin(self.path, url))
            if parts.scheme not in ("", "http", "https") or not fixture.is_same_site(parts.netloc):
                yield text, url
            elif find_answer(fixture.published, parts.path) is not None:
                yield text, self._find_destination(parts.path, parts.fragment)

    def _find_destination(self, path: str, fragment: str) -> str:
        """Return the file and the fragment to which a path of the built site leads."""
        file, added = _follow_redirects(self.project.site, path)
        name = file.relative_to(self.project.site) if file else "nothing"
        return f"{name}#{unquote(fragment or added)}"

    def new_links(self) -> Iterator[tuple[str, str]]:
        """Yield the text of each link, and its URL on another site, or else the file at its URL."""
        for text, url in self.after.links:
            parts = urlsplit(urljoin(self.after.path, url))
            if parts.scheme or parts.netloc:
                yield text, url
            else:
                yield text, self._find_destination(parts.path, parts.fragment)


@dataclass
class PageText:
    """The text of a page at a path, with its formulas as TeX."""

    html: str
    path: str
    formulas: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the document: formulas as marks, nothing that is not text, space between blocks."""
        self.document = BeautifulSoup(f"<body>{self.html}</body>", "lxml")
        for node in self.document.select("pre br"):
            node.replace_with("\n")
        for node in self.document.select(_FORMULAS):
            if not node.decomposed:
                annotation = node.select_one("annotation") or node
                self.formulas.append(_normalize_tex(annotation.get_text()))
                node.insert_before(f" {_FORMULA_MARK} ")
                node.decompose()
        for node in self.document.select("a.footnote-reference"):
            # Docutils writes references in brackets, and footnotes as tables.
            node.string, node["href"] = node.get_text().strip("[]"), "#fn"
        for notes in self.document.select(".wp-block-footnotes"):
            notes["class"] = "footnotes"
            for node in self.document.select("sup[data-fn] a, .footnotes a[href$='-link']"):
                node["href"] = "#fn"
                if node.find_parent(class_="footnotes") is not None:
                    node.decompose()
        for table in self.document.select("table.footnote"):
            note = self.document.new_tag("li")
            note.extend(list(table.select("td")[-1].children))
            table.replace_with(note)
            note.wrap(self.document.new_tag("div", attrs={"class": "footnote"}))
        for node in self.document.select("iframe, video, audio"):
            # A link with the title takes its place; that of a file has no words of the page.
            node.insert_before(f" {node.get('title') or ''} ")
        for node in self.document.select("a[href]"):
            if node.get_text().startswith(("Video: ", "Audio: ")):
                node.string = ""
        for node in self.document.select(_NOT_TEXT):
            if not node.decomposed:
                node.decompose()
        for table in self.document.select(_LINE_NUMBER_TABLES):
            # Rouge puts the table into a block of code itself.
            (table.find_parent("pre") or table).replace_with(table.select("pre")[-1])
        for text in list(self.document.find_all(string=True)):
            if isinstance(text, PreformattedString):
                text.extract()
            elif not text.find_parent(_CODE_ELEMENTS):
                text.replace_with(_DELIMITED.sub(self._mark, text))
        for code in self.document.select("pre"):
            # Not the blank that a table of line numbers has left.
            if not code.get_text().strip():
                code.decompose()
        for block in self.document.find_all(_BLOCKS):
            block.insert_before(" ")
            block.insert_after(" ")

    def _mark(self, match: re.Match[str]) -> str:
        self.formulas.append(_normalize_tex(next(filter(None, match.groups()))))
        return f" {_FORMULA_MARK} "

    @cached_property
    def code_blocks(self) -> list[str]:
        """The text of each block of code. Jekyll puts the lines of a block into another one."""
        return [
            node.get_text().strip("\n") for node in self.document.select("pre") if node.find("pre") is None
        ]

    @cached_property
    def code_spans(self) -> list[str]:
        """The text of each span of code."""
        spans = (node for node in self.document.select("code") if not node.find_parent("pre"))
        return [" ".join(node.get_text().split()) for node in spans]

    @cached_property
    def cells(self) -> list[str]:
        """The text of each cell of a table, except empty headers, which a table without headers gets."""
        cells = ((node.name, _plain_text(node)) for node in self.document.select("th, td"))
        return [text for name, text in cells if text or name == "td"]

    @cached_property
    def notes(self) -> list[str]:
        """The text of each footnote."""
        return [_plain_text(node) for node in self.document.select(_NOTES)]

    @cached_property
    def images(self) -> list[tuple[str, str]]:
        """The path and the alternative text of each image."""
        return [
            (
                posixpath.normpath(urlsplit(urljoin(self.path, str(node.get("src") or ""))).path),
                " ".join(to_words(str(node.get("alt") or ""))),
            )
            for node in self.document.select("img")
        ]

    @cached_property
    def links(self) -> list[tuple[str, str]]:
        """The text and the URL of each link, except those of footnotes and those without a text."""
        links = ((_plain_text(node), str(node["href"])) for node in self.document.select("a[href]"))
        return [(text, url) for text, url in links if text and not _NOTE_LINK.match(url)]

    @cached_property
    def words(self) -> list[str]:
        """The words and marks of the whole text."""
        return to_words(self.document.get_text())


def _plain_text(node: Tag) -> str:
    return " ".join(to_words(node.get_text()))


def to_words(text: str) -> list[str]:
    """Return the words and punctuation of a text, without typographic differences."""
    plain = text.translate(_TYPOGRAPHY)
    return re.findall(r"\w+|[^\w\s]", re.sub(r"-{2,3}", "-", plain))


def _normalize_tex(tex: str) -> str:
    bare = tex.strip()
    bare = bare.removeprefix(r"\begin{equation*}").removesuffix(r"\end{equation*}").strip()
    for start, end in (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$")):
        if bare.startswith(start) and bare.endswith(end) and len(bare) > len(start) + len(end):
            bare = bare[len(start) : -len(end)]
            break
    return "".join(bare.split())
