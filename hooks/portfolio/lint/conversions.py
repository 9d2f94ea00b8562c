"""Conversions of pages: the same as those of a build, and cached with everything that they depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from markdown import Markdown

from portfolio.citations.library import Library
from portfolio.core.cache import Cache, cache_key, code_fingerprint
from portfolio.images.catalog import ResponsiveImage
from portfolio.markdown_ext import site_markdown
from portfolio.markdown_ext.outline import Outline
from portfolio.markdown_ext.render_errors import RenderError
from portfolio.markdown_ext.site_markdown import Conversion, ConvertedPage, Services, describe_image

PACKAGES = (
    "Markdown",
    "pymdown-extensions",
    "Pygments",
    "math-core",
    "mermaid-render",
    "quickjs-ng",
    "pillow",
)


@dataclass(frozen=True)
class ConversionInputs:
    """What a conversion depended on besides the text of its page and the settings; see `Conversion`."""

    included: dict[str, str] = field(default_factory=dict)
    image_answers: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Conversions:
    """Converts pages, and stores conversions, also those of a build (`store`).

    ``names`` and ``options`` are the Markdown extensions of ``mkdocs.yml`` and their options. The others are
    those of `Services`; the library is created when it is needed.
    ``find_story_title`` returns the title of the project whose story is the page at a path, or None.
    """

    root: Path
    names: list[str]
    options: Mapping[str, Any]
    find_image: Callable[[str, str], ResponsiveImage | str | None]
    cache: Cache = field(default_factory=Cache)
    macros: Mapping[str, str] = field(default_factory=dict)
    glossary: Mapping[str, str] = field(default_factory=dict)
    library: Callable[[], Library] | None = None
    find_story_title: Callable[[str], str | None] = lambda _: None
    _last: Conversion = field(default_factory=lambda: Conversion("", ""))
    # Those of the conversions that were found or stored, by the path of the page.
    _inputs: dict[str, ConversionInputs] = field(default_factory=dict)

    def get_inputs(self, path: str) -> ConversionInputs:
        """Return what the conversion that was last found or stored of the page at a path depended on."""
        return self._inputs[path]

    def are_current(self, path: str, inputs: ConversionInputs) -> bool:
        """Whether files that the page at a path includes, and images that it shows, are as they were."""
        return all(_digest_file(name) == digest for name, digest in inputs.included.items()) and all(
            describe_image(self.find_image(path, url)) == answer
            for url, answer in inputs.image_answers.items()
        )

    def find(self, path: str, text: str, title: str | None = None) -> ConvertedPage | None:
        """Return the conversion of the page at a path with this Markdown, if it is stored and still valid.

        ``title`` is its heading if it begins with none, or None.
        """
        stored = self.cache.get(self.key(path, text, title))
        if stored is None:
            return None
        entry = json.loads(stored)
        inputs = ConversionInputs(entry["included"], entry["image_answers"])
        if not self.are_current(path, inputs):
            return None
        self._inputs[path] = inputs
        page = entry["page"]
        return ConvertedPage(
            targets=set(page["targets"]),
            images={(url, text) for url, text in page["images"]},
            heading_levels=page["heading_levels"],
            heading_ids=page["heading_ids"],
            ids=set(page["ids"]),
            errors=[RenderError(**error) for error in page["errors"]],
            text=page["text"],
            html=page["html"],
            outline=Outline(**page["outline"]),
        )

    def convert(self, path: str, text: str, title: str | None = None) -> ConvertedPage:
        """Convert the page at a path, and store its conversion. For ``title`` see `find`."""
        self.convert_to_html(path, text, title)
        return self._last.page

    def convert_to_html(self, path: str, text: str, title: str | None = None) -> str:
        """Return the HTML of the page at a path, and store its conversion, as `convert` does."""
        self._last = Conversion(path, text, title)
        return self._markdown.reset().convert(text)

    def store(self, conversion: Conversion) -> None:
        """Store a conversion. A page with errors of its included files is not stored."""
        self._last = conversion
        self._inputs[conversion.path] = ConversionInputs(conversion.included, conversion.image_answers)
        if any(error.kind == "include" for error in conversion.page.errors):
            return
        page = conversion.page
        entry = {
            "included": conversion.included,
            "image_answers": conversion.image_answers,
            "page": {
                **vars(page),
                "targets": sorted(page.targets),
                "images": sorted(page.images, key=str),
                "ids": sorted(page.ids),
                "errors": [error._asdict() for error in page.errors],
                "outline": asdict(page.outline),
            },
        }
        content = json.dumps(entry).encode()
        self.cache.put(self.key(conversion.path, conversion.source, conversion.title), content)

    def key(self, path: str, text: str, title: str | None) -> str:
        """Return a key that names the text, path and default title of a page, and all settings."""
        # Only pages that may cite something depend on the works.
        works = self._works if "@" in text else ""
        texts = (part.encode("utf-8", "surrogatepass") for part in (text, title or ""))
        return cache_key(self._settings, works, path, *texts)

    @cached_property
    def _settings(self) -> str:
        fingerprint = code_fingerprint(modules=(__name__,), packages=PACKAGES)
        parts = self.names, self.options, dict(self.macros), dict(self.glossary)
        return cache_key(fingerprint, str(self.root), json.dumps(parts, default=_describe_function))

    @cached_property
    def _works(self) -> str:
        library = self._loaded_library
        return "" if library is None else cache_key(repr(library.publications), repr(library.formatter.style))

    @cached_property
    def _loaded_library(self) -> Library | None:
        return None if self.library is None else self.library()

    @cached_property
    def _markdown(self) -> Markdown:
        services = Services(
            root=self.root,
            report=lambda _: None,
            find_image=self.find_image,
            get_page=lambda _: self._last.path,
            finish=self.store,
            find_title=lambda _: self._last.title,
            library=self._loaded_library,
            macros=self.macros,
            glossary=self.glossary,
        )
        return site_markdown.create_markdown(self.names, self.options, services)


def _digest_file(name: str) -> str:
    try:
        return hashlib.sha256(Path(name).read_bytes()).hexdigest()
    except OSError:
        return ""


def _describe_function(value: Any) -> Any:
    if isinstance(value, partial):
        return _describe_function(value.func), value.args, value.keywords
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__qualname__)}"
