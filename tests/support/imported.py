"""Sites that are imported into a small one, built, and compared with what they were before.

A fixture is a folder of ``tests/imports`` with ``fixture.yml``:

- ``shows``: what it is about.
- ``generator``: the command that wrote ``published/``.
- ``from``: what is imported, such as ``source``. It is copied to the project, so lines of the report begin
  with this path.
- ``options``: further options of the command (optional).
- ``article``: the CSS selector of the text of a page in ``published/``.
- ``site``: the URL of the old site (optional), by which its absolute links are recognized.
- ``urls``: old paths besides those of the HTML files in ``published/``.
- ``expect``: the lines with warnings and errors, as the terminal prints them.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.support import feeds, project, small_site

FOLDER = project.ROOT / "tests" / "imports"
_BLOCKS = (
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr "
    "li nav ol p pre section table tbody td tfoot th thead tr ul summary details video iframe img"
).split()
# Parts of a page that are not its text: links of headings and footnotes, line numbers, what a theme adds.
_NOT_TEXT = (
    ".headerlink, .footnote-backref, .reversefootnote, .footnote-back, [data-footnote-backref], .linenos, "
    ".lineno, .gutter, .linenodiv, script:not([type^='math/tex']), style, template, noscript, "
    ".MathJax_Preview, .katex-html, .post-meta, nav, section.cite, .unseen"
)
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
    def old_paths(self) -> list[str]:
        """The paths of all pages that the site answered, and those that the settings name."""
        pages = sorted(self.published.rglob("*.html")) if self.published.is_dir() else []
        names = (path.relative_to(self.published).as_posix() for path in pages)
        paths = [f"/{_remove_index(name)}" for name in names if name != "404.html"]
        return [*paths, *(self.settings.get("urls") or [])]

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
        source = self.fixture.settings["from"]
        run = self.portfolio("import", *options, source)
        self.output, self.exit_code = run.stdout, run.returncode
        assert "Traceback" not in run.stderr, run.stderr
        assert run.returncode < 2, run.stderr

    def portfolio(self, *arguments: str) -> Any:
        """Run a command of the project."""
        return project.python(self.root, "-m", "portfolio", *arguments, env={"PYTHONPATH": "hooks"})

    @property
    def reported(self) -> list[str]:
        """The lines with problems of the import."""
        lines = self.output.splitlines()
        return [line for line in lines if re.match(r"\S.*:\d+:\d+: ", line)]

    @property
    def site(self) -> Path:
        """The folder of the built site."""
        return self.root / "site"

    def build(self) -> None:
        """Build the site, which must succeed without a warning."""
        run = project.mkdocs(self.root, "build", "--strict", "--site-dir", self.site)
        assert run.returncode == 0, run.stderr

    @cached_property
    def pages(self) -> list[ComparedPage]:
        """Each page with a text before, with what answers its URL now."""
        return [
            ComparedPage(self, path, article)
            for path in self.fixture.old_paths
            if (article := self._read_article(path)) is not None
        ]

    def _read_article(self, path: str) -> LexborNode | None:
        file = find_answer(self.fixture.published, path)
        if file is None:
            return None
        document = LexborHTMLParser(file.read_bytes())
        return document.css_first(self.fixture.settings["article"])

    @cached_property
    def feeds(self) -> dict[str, set[str]]:
        """The ids of the entries of each published feed, by its path."""
        found: dict[str, set[str]] = {}
        for path in sorted(self.fixture.published.rglob("*")):
            if path.suffix in (".xml", ".atom", ".rss") and path.is_file() and "sitemap" not in path.name:
                entries = feeds.parse_feed(path.read_bytes())["entries"]
                if entries:
                    name = f"/{path.relative_to(self.fixture.published).as_posix()}"
                    found[name] = {entry["id"] for entry in entries}
        return found


def create(fixture: Fixture, root: Path) -> ImportedProject:
    """Create a small site without posts in the new folder ``root``, and import a fixture into it."""
    small_site.create(root, {})
    (root / "docs/musings/posts/first.md").unlink()
    source = fixture.settings["from"].split("/")[0]
    if (fixture.folder / source).is_dir():
        shutil.copytree(fixture.folder / source, root / source)
    else:
        shutil.copy(fixture.folder / source, root / source)
    imported = ImportedProject(fixture, root)
    imported.run_import()
    return imported


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
    for _ in range(5):
        file = find_answer(site, path)
        if file is None or file.suffix != ".html":
            return file
        refresh = LexborHTMLParser(file.read_bytes()).css_first('meta[http-equiv="refresh"]')
        if refresh is None:
            return file
        target = (refresh.attributes.get("content") or "").partition("url=")[2].strip("'\"")
        base = f"/{file.relative_to(site).as_posix()}"
        path = urlsplit(urljoin(base, target)).path
    return None


@dataclass
class ComparedPage:
    """The text of a page before, and of the page that answers its URL now."""

    project: ImportedProject
    path: str
    before_node: LexborNode
    _new_file: Path | None = field(default=None, init=False)

    @cached_property
    def before(self) -> PageText:
        """The page as the old site had it."""
        return PageText(self.before_node.html or "", self.path)

    @cached_property
    def after(self) -> PageText:
        """The page as this site has it."""
        file = follow(self.project.site, self.path)
        assert file is not None, f"{self.path} is lost"
        document = LexborHTMLParser(file.read_bytes())
        article = document.css_first("article.md-content__inner")
        assert article is not None, file
        heading = article.css_first("h1")
        if heading is not None:
            heading.decompose()
        name = file.relative_to(self.project.site).as_posix()
        return PageText(article.html or "", f"/{name.removesuffix('index.html')}")

    def old_links(self) -> Iterator[tuple[str, str]]:
        """Yield the text and the destination of each link before that led somewhere, as `new_links` does."""
        fixture = self.project.fixture
        for text, url in self.before.links:
            parts = urlsplit(urljoin(self.path, url))
            if parts.scheme not in ("", "http", "https") or not fixture.is_same_site(parts.netloc):
                yield text, url
            elif find_answer(fixture.published, parts.path) is not None:
                file = follow(self.project.site, parts.path)
                yield text, f"{file.relative_to(self.project.site) if file else 'nothing'}#{parts.fragment}"

    def new_links(self) -> Iterator[tuple[str, str]]:
        """Yield the text of each link, and its URL on another site, or else the file at its URL."""
        for text, url in self.after.links:
            parts = urlsplit(urljoin(self.after.path, url))
            if parts.scheme or parts.netloc:
                yield text, url
            else:
                file = follow(self.project.site, parts.path)
                yield text, f"{file.relative_to(self.project.site) if file else 'nothing'}#{parts.fragment}"


@dataclass
class PageText:
    """The text of a page at a path, with its formulas as TeX."""

    html: str
    path: str
    formulas: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the document: formulas as marks, nothing that is not text, space between blocks."""
        self.document = LexborHTMLParser(f"<body>{self.html}</body>")
        for node in self.document.css(_FORMULAS):
            if node.parent is not None and node.css_matches(_FORMULAS) and not _is_inside_formula(node):
                self._replace_formula(node)
        for node in self.document.css(_NOT_TEXT):
            node.decompose()
        self._mark_delimited()

    def _replace_formula(self, node: LexborNode) -> None:
        annotation = node.css_first("annotation") or node
        self.formulas.append(_normalize_tex(annotation.text()))
        node.insert_before(f" {_FORMULA_MARK} ")
        node.decompose()

    def _mark_delimited(self) -> None:
        body = self.document.body
        assert body is not None
        # In order of the document, formulas with and without an element of their own are mixed: sorted below.
        for node in body.traverse(include_text=True):
            parent = node.parent
            if node.tag != "-text" or parent is None or _is_code(node):
                continue
            text = node.text_content or ""
            marked = _DELIMITED.sub(self._mark, text)
            if marked != text:
                node.replace_with(marked)

    def _mark(self, match: re.Match[str]) -> str:
        self.formulas.append(_normalize_tex(next(filter(None, match.groups()))))
        return f" {_FORMULA_MARK} "

    @cached_property
    def code_blocks(self) -> list[str]:
        """The text of each block of code."""
        return [node.text().strip("\n") for node in self.document.css("pre")]

    @cached_property
    def code_spans(self) -> list[str]:
        """The text of each span of code."""
        return [
            " ".join(node.text().split())
            for node in self.document.css("code")
            if not _has_ancestor(node, "pre")
        ]

    @cached_property
    def cells(self) -> list[str]:
        """The text of each cell of a table."""
        return [" ".join(to_words(node.text())) for node in self.document.css("th, td")]

    @cached_property
    def notes(self) -> list[str]:
        """The text of each footnote."""
        nodes = self.document.css(".footnotes li, .footnote li, [role=doc-endnotes] li")
        return [" ".join(to_words(node.text())) for node in nodes]

    @cached_property
    def images(self) -> list[tuple[str, str]]:
        """The path and the alternative text of each image."""
        return [
            (
                posixpath.normpath(urlsplit(urljoin(self.path, node.attributes.get("src") or "")).path),
                " ".join(to_words(node.attributes.get("alt") or "")),
            )
            for node in self.document.css("img")
        ]

    @cached_property
    def links(self) -> list[tuple[str, str]]:
        """The text and the URL of each link, except those of footnotes and those around an image alone."""
        return [
            (" ".join(to_words(node.text())), node.attributes.get("href") or "")
            for node in self.document.css("a[href]")
            if node.text().strip() and not re.match(r"#(?:fn|_?ref|cite)", node.attributes.get("href") or "")
        ]

    @cached_property
    def words(self) -> list[str]:
        """The words and marks of the whole text."""
        document = LexborHTMLParser(self.document.html or "")
        for node in document.css(", ".join(_BLOCKS)):
            node.insert_before(" ")
            node.insert_after(" ")
        return to_words(document.body.text() if document.body else "")


def to_words(text: str) -> list[str]:
    """Return the words and punctuation of a text, without typographic differences."""
    plain = text.translate(_TYPOGRAPHY)
    return re.findall(r"\w+|[^\w\s]", re.sub(r"-{2,3}", "-", plain))


def _normalize_tex(tex: str) -> str:
    bare = tex.strip()
    for start, end in (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$")):
        if bare.startswith(start) and bare.endswith(end) and len(bare) > len(start) + len(end):
            bare = bare[len(start) : -len(end)]
            break
    return "".join(bare.split())


def _is_inside_formula(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.css_matches(_FORMULAS) and parent.tag != "body":
            return True
        parent = parent.parent
    return False


def _is_code(node: LexborNode) -> bool:
    return any(_has_ancestor(node, tag) for tag in ("pre", "code", "script", "style", "kbd", "samp"))


def _has_ancestor(node: LexborNode, tag: str) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == tag:
            return True
        parent = parent.parent
    return False
