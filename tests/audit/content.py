"""The sites that the audit builds, and the page of each kind on them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from portfolio.sources import mkdocs_yml
from tests.bench import blog
from tests.bench.contenders import stock
from tests.support import html, people, project, small_site
from tests.support.built import Built

_POSTS = Path(__file__).parent / "posts"
_REDIRECT = re.compile(rb'<meta[^>]+http-equiv="?refresh')

POSTS = POST, MATH_POST, RICH_POST = "post", "post with math", "post with code and notes"
SEARCH, REDIRECT = "search", "redirect"
# The pattern of the path of each kind, below the site's URL. BLOG is the folder of the blog.
_PATHS = {
    "home": "",
    "timeline": "timeline/",
    "publications": "publications/",
    "talks": "talks/",
    "software": "software/",
    "projects": "projects/",
    "project story": r"projects/[^/]+/",
    "skills": "skills/",
    "CV": "cv/",
    "blog": "BLOG/",
    "blog page 2": "BLOG/page/2/",
    "archive": r"BLOG/archive/(\d{4}/)?",
    "category": "BLOG/category/[^/]+/",
    "tags": "BLOG/tags/",
    "feeds": "feeds/",
    "glossary": "glossary/",
    SEARCH: "search/",
    "colophon": "colophon/",
    "every element": "elements/",
    "404": r"404\.html",
}
_POST_PATH = r"BLOG/\d{4}/.+/"
# Files that belong to no page.
FILES = "style sheets and drawings"
KINDS = (*_PATHS, *POSTS, REDIRECT, FILES)
# What depends on the number of posts. The other pages are the same on both sites of the owner.
_DEPENDENT = (
    *("home", "timeline", "CV", "blog", "blog page 2", "archive", "category", "tags", SEARCH),
    *POSTS,
)


@dataclass(frozen=True)
class Site:
    """A site of the audit: how it is created in a new folder, and the kinds of pages that are audited."""

    name: str
    create: Callable[[Path], object]
    kinds: tuple[str, ...] = KINDS


def _create_owner(root: Path, generated: int) -> None:
    """Create this project's site with the invented posts, and a number of generated ones."""
    small_site.link_project(root)
    for name in ("docs", "mkdocs.yml"):
        source = project.ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name)
        else:
            shutil.copy(source, root)
    folder = mkdocs_yml.read_paths(root / "mkdocs.yml")[0].posts
    assert folder is not None, "the site has no blog"
    for path in _POSTS.iterdir():
        shutil.copy(path, folder)
    for post in blog.create_posts(generated):
        (folder / f"{post.slug}.md").write_text(stock.source(post), encoding="utf-8")


SITES = (
    Site("owner-5", partial(_create_owner, generated=0)),
    Site("owner-1000", partial(_create_owner, generated=1000), _DEPENDENT),
    Site("german", people.create_german),
    Site("arabic", people.create_arabic),
)


@dataclass(frozen=True)
class Audited:
    """A built site, and the path of the audited page of each kind, below the site's URL."""

    name: str
    built: Built
    pages: Mapping[str, str]

    @cached_property
    def base(self) -> str:
        """The path at which the site is served, without a slash at the end."""
        return urlsplit(self.built.url).path.rstrip("/")

    def file(self, kind: str) -> Path:
        return self.built.file(self.pages[kind])


def build(site: Site, folder: Path) -> Audited:
    """Create and build a site in a new folder. Its problems end the audit."""
    root = folder / site.name
    shutil.rmtree(root, ignore_errors=True)
    site.create(root)
    run = project.mkdocs(root, "build", "--strict", "--site-dir", root / "site")
    if run.returncode:
        raise SystemExit(f"The site {site.name} does not build:\n{run.stderr}")
    return find(site, root)


def find(site: Site, root: Path) -> Audited:
    """Return a site that is built already."""
    built = Built(root, root / "site")
    pages = dict(_find_pages(built))
    return Audited(
        site.name, built, MappingProxyType({kind: pages[kind] for kind in site.kinds if kind in pages})
    )


def _find_pages(built: Built) -> Iterator[tuple[str, str]]:
    """Yield the first page of each kind, in the order of `KINDS`."""
    blog_posts = mkdocs_yml.read_paths(built.root / "mkdocs.yml")[0].posts
    folder = blog_posts.parent.name if blog_posts else "(?!)"
    files = sorted(path.relative_to(built.site).as_posix() for path in built.site.rglob("*.html"))
    paths = [re.sub(r"(^|/)index\.html$", r"\1", name) for name in files]
    redirects = [path for path in paths if _REDIRECT.search(built.file(path).read_bytes()[:2000])]
    pages = [path for path in paths if path not in set(redirects)]
    for kind, pattern in _PATHS.items():
        matches = [path for path in pages if re.fullmatch(pattern.replace("BLOG", folder), path)]
        if matches:
            yield kind, quote(matches[0])
    posts = [path for path in pages if re.fullmatch(_POST_PATH.replace("BLOG", folder), path)]
    # The longest post of each kind.
    longest = sorted(posts, key=lambda path: built.file(path).stat().st_size)
    yield from {_kind_of_post(built.page(path)): quote(path) for path in longest}.items()
    if redirects:
        yield REDIRECT, quote(redirects[0])


def _kind_of_post(page: html.Document) -> str:
    """Return the kind of a post by what its page contains."""
    if page.css_first("math[display=block]"):
        return MATH_POST
    is_rich = all(page.css_first(selector) for selector in ("article table", "article pre", "[id^=fnref]"))
    return RICH_POST if is_rich else POST
