"""What MkDocs demands of hook files, and that their events are called in the declared order."""

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import EVENTS
from mkdocs.utils.yaml import yaml_load

from portfolio.mkdocs_glue import order
from tests.support import persona, project

HOOKS = project.ROOT / "hooks"
HOOK_FILES = sorted(HOOKS.glob("*.py"))
# They work in any site, so they import nothing of this one and declare their own priorities.
GENERIC = {"hooks/incremental_builds.py", "hooks/live_preview.py"}


def _statements(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Yield every name that a module binds at its top level, with the statement that does."""
    for node in ast.parse(path.read_text(encoding="utf-8"), filename=str(path)).body:
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


def _listed_hooks(configuration: Path) -> list[str]:
    hooks: list[str] = yaml_load(configuration.read_text(encoding="utf-8"))["hooks"]
    return hooks


@pytest.mark.parametrize("path", HOOK_FILES, ids=lambda path: path.name)
def test_events_are_those_of_mkdocs_and_defined_in_the_hook(path: Path) -> None:
    # MkDocs registers every callable of such a name, imported ones too.
    events = [(name, node) for name, node in _statements(path) if name.startswith("on_")]
    assert events
    assert {name.removeprefix("on_") for name, _ in events} <= set(EVENTS)
    assert [name for name, node in events if isinstance(node, ast.Import | ast.ImportFrom)] == []


@pytest.mark.parametrize("path", HOOK_FILES, ids=lambda path: path.name)
def test_hooks_import_no_hook(path: Path) -> None:
    # MkDocs loads a hook under another name, so an import would make a second copy.
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert {name.partition(".")[0] for name in imported}.isdisjoint(hook.stem for hook in HOOK_FILES)


@pytest.mark.parametrize("configuration", [project.ROOT / "mkdocs.yml", persona.FOLDER / "mkdocs.yml"])
def test_every_hook_file_is_listed_and_says_what_it_is_for(configuration: Path) -> None:
    assert set(_listed_hooks(configuration)) == {f"hooks/{path.name}" for path in HOOK_FILES}
    for line in re.findall(r"^  - hooks/.*$", configuration.read_text(encoding="utf-8"), re.MULTILINE):
        assert "  # " in line
    for path in HOOK_FILES:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert "without this line" in docstring.lower(), path


def test_module_names_shadow_nothing_installed() -> None:
    names = {path.stem for path in HOOKS.iterdir() if path.is_dir() or path.suffix == ".py"} - {"__pycache__"}
    assert names.isdisjoint(set(sys.stdlib_module_names) | set(importlib.metadata.packages_distributions()))


@pytest.fixture(scope="module")
def config() -> MkDocsConfig:
    """The configuration with all hooks loaded, and nothing run."""
    config = MkDocsConfig(str(project.ROOT / "mkdocs.yml"))
    names = [f"hooks/{path.name}" for path in HOOK_FILES]
    config.load_dict({"site_name": "A", "hooks": names, "plugins": []})
    errors, _ = config.validate()
    assert errors == []
    return config


def _handlers(config: MkDocsConfig) -> Iterator[tuple[str, str, int]]:
    """Yield the hook, the event and the priority of each handler of ours."""
    for event, handlers in config.plugins.events.items():
        for handler in handlers:
            if handler.__module__.startswith("hooks/"):
                yield handler.__module__, event, getattr(handler, "mkdocs_priority", 0)


def test_priorities_are_those_of_the_order(config: MkDocsConfig) -> None:
    declared = {value for name, value in vars(order).items() if name.isupper() and isinstance(value, int)}
    # The handler of build errors ends the command: it comes after all others.
    first, last = max(declared), min(declared - {order.BUILD_ERROR_OUTPUT})
    for hook, event, priority in _handlers(config):
        if hook not in GENERIC:
            assert priority == 0 or priority in declared, (hook, event)
        elif event == "files":
            # After Material's blog, and before hooks add to its posts.
            assert order.FILES_POSTS < priority < -50, (hook, event)
        else:
            assert priority == 0 or not last <= priority <= first, (hook, event)


def test_no_two_hooks_share_a_priority_where_the_order_matters(config: MkDocsConfig) -> None:
    by_place: dict[tuple[str, int], list[str]] = {}
    for hook, event, priority in _handlers(config):
        by_place.setdefault((event, priority), []).append(hook)
    shared = {place: hooks for place, hooks in by_place.items() if place[1] and len(hooks) > 1}
    assert shared == {}


def test_only_what_lasts_for_a_whole_command_outlives_a_build() -> None:
    # Under the live preview each build has a process of its own, so other state would be lost.
    names = {
        f"{path.name}: {node.targets[0].id}"
        for path in HOOK_FILES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id.startswith("_")
        and not node.targets[0].id.isupper()
    }
    assert names == {
        "incremental_builds.py: _command",
        "posts.py: _converted",
        "record.py: _command",
    }
