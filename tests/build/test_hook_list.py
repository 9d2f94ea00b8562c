"""The list of hooks in mkdocs.yml: any order gives the same site, and hooks can be left out."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from mkdocs.utils.yaml import yaml_load

from tests.support import built, persona, project
from tests.support.builder import Builder
from tests.support.compared_site import CACHE
from tests.support.trees import diff_trees, read_tree

HOOKS: list[str] = yaml_load((persona.FOLDER / "mkdocs.yml").read_text(encoding="utf-8"))["hooks"]
SHUFFLES = int(os.environ.get("HOOK_ORDERS", "1"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return persona.copy(tmp_path_factory.mktemp("hooks") / "project")


def write_configuration(root: Path, hooks: Sequence[str], extra: str = "") -> Path:
    """Write the configuration with these hooks in this order, and keys in `extra`."""
    head, _, rest = (persona.FOLDER / "mkdocs.yml").read_text(encoding="utf-8").partition("hooks:")
    _, _, tail = rest.partition("\n\n")
    path = root / "mkdocs.yml"
    lines = "".join(f"  - {hook}\n" for hook in hooks)
    text = f"{head}hooks:\n{lines}\n{tail}" if hooks else f"{head}{tail}"
    path.write_text(text.replace("\nextra:\n", f"\nextra:\n{extra}"), encoding="utf-8")
    return path


def build(
    builder: Builder, root: Path, hooks: Sequence[str], *, strict: bool = True
) -> tuple[int, list[str]]:
    """Build the site with these hooks, and without pages of an earlier build."""
    shutil.rmtree(root / CACHE, ignore_errors=True)
    return builder.build(write_configuration(root, hooks), strict=strict)


@pytest.fixture(scope="module")
def expected(builder: Builder, root: Path) -> dict[str, bytes]:
    assert build(builder, root, HOOKS) == (0, [])
    return read_tree(root / "site")


@pytest.mark.parametrize("seed", range(SHUFFLES))
def test_any_order_of_hooks_builds_the_same_site(
    builder: Builder, root: Path, expected: dict[str, bytes], seed: int
) -> None:
    hooks = list(reversed(HOOKS)) if seed == 0 else Random(seed).sample(HOOKS, len(HOOKS))  # noqa: S311 - no secret
    assert hooks != HOOKS
    assert build(builder, root, hooks) == (0, [])
    assert diff_trees(read_tree(root / "site"), expected) == []


NEEDED = ("hooks/record.py", "hooks/site_assets.py")


@pytest.mark.parametrize("hook", [hook for hook in HOOKS if hook not in NEEDED])
def test_site_builds_without_a_hook(builder: Builder, root: Path, hook: str) -> None:
    status, log = build(builder, root, [name for name in HOOKS if name != hook], strict=False)
    assert status == 0, log


@pytest.mark.parametrize(
    "hook",
    ["hooks/posts.py", "hooks/exports.py", "hooks/site_assets.py", "hooks/page_head.py", "hooks/feeds.py"],
)
def test_hook_that_needs_the_record_names_the_missing_line(builder: Builder, root: Path, hook: str) -> None:
    status, log = build(builder, root, [hook, "hooks/incremental_builds.py"])
    assert status == 1
    message = f"ERROR {hook} needs hooks/record.py: add it to `hooks` in mkdocs.yml."
    assert [line for line in log if line.strip() != "Aborted with a BuildError!"] == [message]


def test_templates_without_any_hook_that_needs_the_record_name_the_missing_line(root: Path) -> None:
    write_configuration(root, ["hooks/incremental_builds.py", "hooks/live_preview.py"])
    build = project.mkdocs(root, "build")
    assert build.returncode == 1
    assert "'hooks/record.py is missing: add it to `hooks` in mkdocs.yml'" in build.stderr.splitlines()[-1]


def test_record_without_the_assets_names_the_missing_line(builder: Builder, root: Path) -> None:
    status, log = build(builder, root, ["hooks/record.py"])
    assert status == 1
    assert "ERROR hooks/record.py needs hooks/site_assets.py: add it to `hooks` in mkdocs.yml." in log


def test_a_file_of_the_owner_cannot_replace_a_style_sheet_of_the_site(builder: Builder, root: Path) -> None:
    sheet = root / "docs" / "assets" / "stylesheets" / "home.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("p { color: red }\n", encoding="utf-8")
    status, log = build(builder, root, HOOKS)
    sheet.unlink()
    assert status == 1
    path = sheet.relative_to(root)
    assert f"ERROR {path} has the path of a file of this site: give it another name." in log


def test_keys_of_the_owner_in_extra_are_left_alone(tmp_path: Path) -> None:
    names = ("record", "options", "profile", "views", "library", "feeds", "navigation", "glossary", "state")
    root = persona.copy(tmp_path / "project")
    own = "".join(f"  {name}: own {name}\n" for name in names)
    write_configuration(root, HOOKS, own)
    page = root / "overrides" / "entries.html"
    texts = " ".join(f"{{{{ config.extra.{name} }}}}" for name in names)
    text = page.read_text(encoding="utf-8")
    page.write_text(
        f"{text}{{% block htmltitle %}}<title>{texts}</title>{{% endblock %}}\n", encoding="utf-8"
    )
    site = built.build(root)
    (element,) = site.page("talks/").css("title")
    assert element.text() == " ".join(f"own {name}" for name in names)


def test_profiles_in_extra_stay_as_the_owner_writes_them(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    page = root / "overrides" / "entries.html"
    text = page.read_text(encoding="utf-8")
    social_text = "{{ config.extra.social }}"
    page.write_text(
        f"{text}{{% block htmltitle %}}<title>{social_text}</title>{{% endblock %}}\n", encoding="utf-8"
    )
    social = yaml_load((root / "mkdocs.yml").read_text(encoding="utf-8"))["extra"]["social"]
    (element,) = built.build(root).page("talks/").css("title")
    assert element.text() == str(social)


_LIST_KEYS = """\
import json
import os
from pathlib import Path


def on_post_build(*, config):
    Path(config.site_dir, "keys.json").write_text(json.dumps(list(config.extra)))
"""


def test_hooks_add_one_key_of_theirs_to_extra(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    own = set(yaml_load((root / "mkdocs.yml").read_text(encoding="utf-8"))["extra"])
    (root / "hooks" / "list_keys.py").write_text(_LIST_KEYS, encoding="utf-8")
    write_configuration(root, [*HOOKS, "hooks/list_keys.py"])
    keys = set(json.loads(built.build(root).read("keys.json"))) - own
    assert [key for key in keys if not key.startswith(("incremental_", "live_"))] == ["__portfolio_state__"]
