"""What MkDocs expects of hook modules, and the one way in which they and the core depend on each other."""

import ast
import importlib.metadata
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.plugins import EVENTS
from mkdocs.utils.yaml import yaml_load

from tests.support import project

HOOKS = project.ROOT / "hooks"
HOOK_FILES = sorted(HOOKS.glob("*.py"))
# Modules beside them that hooks share, which MkDocs is not told of, and which listen to nothing.
SHARED = {"post_pages", "site_addresses", "site_list", "site_markdown", "site_pages"}
CORE_FILES = sorted(path for package in HOOKS.iterdir() if package.is_dir() for path in package.rglob("*.py"))
LINES = 120


def _name(path: Path) -> str:
    return path.relative_to(HOOKS).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imported(tree: ast.Module) -> Iterator[str]:
    """The top-level names of what a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def _bound(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Every name that a module binds at its top level, with the statement that does."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from ((alias.asname or alias.name, node) for alias in aliases)
            case ast.Assign(targets=targets):
                yield from ((target.id, node) for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node
            case _:
                pass


def test_there_are_hooks_and_a_core() -> None:
    assert HOOK_FILES
    assert CORE_FILES


@pytest.mark.parametrize("path", HOOK_FILES, ids=_name)
def test_events_are_those_of_mkdocs_and_defined_where_they_are_registered(path: Path) -> None:
    bound = [(name, node) for name, node in _bound(_tree(path)) if name.startswith("on_")]
    assert {name.removeprefix("on_") for name, _ in bound} <= set(EVENTS)
    assert [name for name, node in bound if isinstance(node, ast.Import | ast.ImportFrom)] == []


@pytest.mark.parametrize("path", HOOK_FILES, ids=_name)
def test_hooks_import_no_other_hook(path: Path) -> None:
    assert set(_imported(_tree(path))).isdisjoint({hook.stem for hook in HOOK_FILES} - SHARED)


def test_what_hooks_share_is_no_hook() -> None:
    named = {
        Path(name).stem
        for name in yaml_load((project.ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["hooks"]
    }
    assert named == {path.stem for path in HOOK_FILES} - SHARED
    for name in SHARED:
        assert not [bound for bound, _ in _bound(_tree(HOOKS / f"{name}.py")) if bound.startswith("on_")]


@pytest.mark.parametrize("path", HOOK_FILES, ids=_name)
def test_hooks_are_thin(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < LINES


# The packages that are about the generator, and know nothing of what the site says.
GENERATORS_OWN = {"mkdocs_incremental", "mkdocs_live"}


@pytest.mark.parametrize(
    "path", [path for path in CORE_FILES if path.relative_to(HOOKS).parts[0] not in GENERATORS_OWN], ids=_name
)
def test_core_knows_no_generator(path: Path) -> None:
    strangers = {"mkdocs", "properdocs", "material", *(hook.stem for hook in HOOK_FILES)}
    assert strangers.isdisjoint(_imported(_tree(path)))


def test_what_is_about_the_generator_knows_nothing_of_the_site() -> None:
    packages = {path.name for path in HOOKS.iterdir() if path.is_dir()}
    hooks = {hook.stem for hook in HOOK_FILES}
    for own in GENERATORS_OWN:
        for path in (HOOKS / own).glob("*.py"):
            assert {*packages - {own}, *hooks}.isdisjoint(_imported(_tree(path))), path


def test_names_hide_nothing_that_is_installed() -> None:
    names = {path.stem for path in HOOKS.iterdir() if path.is_dir() or path.suffix == ".py"} - {"__pycache__"}
    taken = set(sys.stdlib_module_names) | set(importlib.metadata.packages_distributions())
    assert names.isdisjoint(taken)
