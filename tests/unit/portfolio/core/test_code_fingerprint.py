"""The fingerprint in a cache key changes with each module, file and package version that it names."""

import ast
import functools
import io
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path

import pytest
from PIL import Image

from portfolio.citations import csl
from portfolio.citations.csl import CitationFormatter
from portfolio.core import cache, i18n
from portfolio.core.cache import code_fingerprint, digest_imports
from portfolio.images import catalog, image_info, publish, variants
from portfolio.lint import conversions
from portfolio.markdown_ext import math_font
from portfolio.print import cv_pdf, social_card
from portfolio.print.fonts import Typefaces, packaged_fonts
from portfolio.print.social_card import Card
from tests.support import converting, project

_HOOKS = project.ROOT / "hooks"


def all_modules() -> dict[str, Path]:
    """The file of each module of the package, by its dotted name."""
    paths = (path for path in (_HOOKS / "portfolio").rglob("*.py"))
    names = {path.relative_to(_HOOKS).with_suffix("").as_posix().replace("/", "."): path for path in paths}
    return {name.removesuffix(".__init__"): path for name, path in names.items()}


def imports_by_syntax_tree(path: Path) -> set[str]:
    """The names that a module imports from the package, whether they are modules or not."""
    return {name for name in _imports(path) if name.startswith("portfolio")}


@functools.cache
def _imports(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


MODULES = all_modules()


def imported_by_syntax_tree(name: str) -> set[str]:
    """A module and all modules of the package that it imports, directly or not."""
    seen, pending = set[str](), [name]
    while pending:
        if (module := pending.pop()) in MODULES and module not in seen:
            seen.add(module)
            pending += imports_by_syntax_tree(MODULES[module])
    return seen


def clear_caches() -> None:
    cache._read_code.cache_clear()
    cache._read_module.cache_clear()
    cache._list_versions.cache_clear()


def test_digested_modules_are_those_of_the_syntax_tree() -> None:
    for name in MODULES:
        assert digest_imports((name,)).keys() == imported_by_syntax_tree(name), name


def test_every_module_that_builds_cache_keys_fingerprints_its_code() -> None:
    for name, path in MODULES.items():
        if name != cache.__name__ and f"{cache.__name__}.cache_key" in imports_by_syntax_tree(path):
            assert any(used.endswith("_fingerprint") for used in imports_by_syntax_tree(path)), name


def test_a_change_of_any_file_or_version_changes_the_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, template = tmp_path / "portfolio", tmp_path / "card.typ"
    (package / "print").mkdir(parents=True)
    (package / "print" / "__init__.py").write_text("")
    (package / "print" / "fonts.py").write_text("SIZE = 1\n")
    (package / "print" / "card.py").write_text("from portfolio.print import (\n    fonts,\n)\n")
    template.write_text("one")
    monkeypatch.setattr(cache, "_FOLDER", package)

    def fingerprint() -> str:
        clear_caches()
        return code_fingerprint(modules=("portfolio.print.card",), files=(template,), packages=("pillow",))

    seen = [fingerprint()]
    for path in (package / "print" / "fonts.py", package / "print" / "card.py", template):
        path.write_text(path.read_text() + "# changed\n")
        seen.append(fingerprint())
    (tmp_path / "pillow-99.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    seen.append(fingerprint())
    assert len(set(seen)) == len(seen) == 5
    clear_caches()


def test_the_language_changes_the_fingerprint_of_what_translates() -> None:
    def fingerprints() -> tuple[str, str]:
        return code_fingerprint(modules=("portfolio.core.cache",)), code_fingerprint(
            modules=("portfolio.core.text",)
        )

    english = fingerprints()
    i18n.use_language("de")
    german = fingerprints()
    assert (english[0] != german[0], english[1] == german[1]) == (True, True)


class RecordingCache(cache.Cache):
    """Records the keys that are asked for, and has an entry for each of them."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.keys: list[str] = []

    def get(self, key: str) -> bytes | None:
        self.keys.append(key)
        return self.content

    def put(self, key: str, content: bytes) -> None:
        raise AssertionError(f"{key} is in the cache already, without {content!r}")


def _key_of_card() -> str:
    recording = RecordingCache(b"[]\nPNG")
    social_card.render([Card("Title", "", "", "Site")], Typefaces((), "fonts"), recording)
    return recording.keys[0]


def _key_of_cv() -> str:
    recording = RecordingCache(b'{"pages": 1, "losses": [], "warnings": []}\nPDF')
    cv_pdf.render({}, Typefaces((), "fonts"), recording)
    return recording.keys[0]


def _key_of_variant() -> str:
    recording = RecordingCache(b"WEBP")
    variants.encode_variants(b"image", [variants.Variant("WEBP", 480)], recording)
    return recording.keys[0]


def _key_of_public_image() -> str:
    recording, image = RecordingCache(b"x" * 99_999), io.BytesIO()
    Image.new("L", (2600, 1400)).save(image, "PNG")
    publish.public_copy(image.getvalue(), image_info.read_info(image.getvalue(), "PNG"), recording)
    return recording.keys[0]


def _key_of_preview_image() -> str:
    recording = RecordingCache(b"PNG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
    publish.preview_copy(svg, "SVG", (), "fonts", recording)
    return recording.keys[0]


def _key_of_decoded_image() -> str:
    recording, image = RecordingCache(b'{"format": "PNG", "width": 3, "height": 3}'), io.BytesIO()
    Image.new("L", (3, 3)).save(image, "PNG")
    catalog.check_image(image.getvalue(), "PNG", recording)
    return recording.keys[0]


def _key_of_math_font() -> str:
    key, _ = math_font.plan_subset(Path("font.ttf"), "a")
    return key


def _key_of_references() -> str:
    recording = RecordingCache(b"[[], {}]")
    CitationFormatter(csl.find_style(csl.DEFAULT_STYLE, Path()), recording).format_references([{"id": "a"}])
    return recording.keys[0]


def _key_of_conversion() -> str:
    recording = RecordingCache(b'{"included": {"gone": "0"}, "image_answers": {}}')
    site = converting.conversions()
    site.cache = recording
    assert site.find("a.md", "Text.") is None
    return recording.keys[0]


# Each cached value: its key, and the module that computes the value.
KEYS: dict[str, tuple[Callable[[], str], str]] = {
    "card": (_key_of_card, social_card.__name__),
    "cv": (_key_of_cv, cv_pdf.__name__),
    "variant": (_key_of_variant, variants.__name__),
    "public image": (_key_of_public_image, publish.__name__),
    "decoded image": (_key_of_decoded_image, image_info.__name__),
    "preview image": (_key_of_preview_image, publish.__name__),
    "math font": (_key_of_math_font, math_font.__name__),
    "references": (_key_of_references, csl.__name__),
    "conversion": (_key_of_conversion, conversions.__name__),
}


def packages_imported_in(folder: str, modules: Iterable[str]) -> set[str]:
    """The distributions that modules of one sub-package import."""
    names = {
        name.partition(".")[0]
        for module in modules
        if module.startswith(f"{folder}.")
        for name in _imports(MODULES[module])
    }
    known = metadata.packages_distributions()
    return {distribution for name in names for distribution in known.get(name, ())}


@pytest.mark.parametrize(("key", "module"), KEYS.values(), ids=KEYS)
def test_a_cache_key_changes_with_each_input(
    key: Callable[[], str], module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inputs are the modules that are imported, the templates beside them, and packages.

    The test above shows that a change of any of them changes the fingerprint.
    """
    modules = imported_by_syntax_tree(module)
    files = {*(MODULES[name] for name in modules), *MODULES[module].parent.glob("*/*.typ")}
    packages = packages_imported_in(module.rpartition(".")[0], modules)
    assert packages
    read_bytes, version = Path.read_bytes, cache._read_version
    inputs = set[object]()

    def key_with(changed: object) -> str:
        def use(value: object) -> bool:
            inputs.add(value)
            return value == changed

        clear_caches()
        monkeypatch.setattr(Path, "read_bytes", lambda path: read_bytes(path) + b"#" * use(path))
        monkeypatch.setattr(cache, "_read_version", lambda name: version(name) + "+" * use(name))
        return key()

    before = key_with(None)
    assert {*files, *packages} <= inputs
    assert key_with(None) == before
    assert key_with(MODULES[module]) != before
    assert key_with(max(packages)) != before
    monkeypatch.undo()
    clear_caches()


def test_the_fingerprint_of_fonts_changes_with_each_package(monkeypatch: pytest.MonkeyPatch) -> None:
    version, known = cache._read_version, metadata.packages_distributions()
    fonts = packaged_fonts()
    names = {name for folder in fonts.folders for part in folder.parts for name in known.get(part, ())}
    assert len(names) == 3

    def fingerprint_with(changed: str) -> str:
        clear_caches()
        monkeypatch.setattr(cache, "_read_version", lambda name: version(name) + "+" * (name == changed))
        return packaged_fonts().fingerprint

    assert len({fonts.fingerprint, *map(fingerprint_with, names)}) == 4
    monkeypatch.undo()
    clear_caches()
