"""Reading mkdocs.yml: the same settings as MkDocs' own loader, with positions."""

import os
from pathlib import Path
from typing import Any

import pytest
from mkdocs.utils.yaml import get_yaml_loader, yaml_load

from portfolio.config import load_options
from portfolio.sources import mkdocs_yml

CONFIGURATIONS = [
    "site_name: A\nplugins:\n  - search\n  - blog: {draft: yes, enabled: false}\n",
    "a: &a {x: '1', y: '2'}\nb: {<<: *a, y: '3'}\nc: {<<: [*a, {z: '4'}]}\n",
    "a: 'first'\na: 'last'\nb: {c: 'first', c: 'last'}\n",
    "a: !ENV [NOT_SET, b]\nc: &c !ENV [SET, d]\ne: *c\nf: !ENV [NOT_SET, [g]]\nh: !ENV NOT_SET\n",
    "on: !ENV [NOT_SET, true]\noff: !ENV [FALSE, true]\nempty: !ENV [EMPTY, a]\n",
    "INHERIT: base.yml\nmap: {b: 'own'}\nlist: [own]\n",
]
BASE = "map: {a: 'base', b: 'base'}\nlist: [base]\nflag: no\n"


def with_text_keys(value: Any) -> Any:
    # YAML 1.1 reads the key `on` as a boolean; settings are named by text.
    if isinstance(value, dict):
        names = {True: "on", False: "off"}
        return {names.get(key, key): with_text_keys(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_settings_equal_those_of_mkdocs(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SET": "set", "FALSE": "false", "EMPTY": ""}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "base.yml").write_text(BASE, encoding="utf-8")
    config = tmp_path / "mkdocs.yml"
    config.write_text(text, encoding="utf-8")
    with config.open("rb") as file:
        expected = with_text_keys(yaml_load(file, get_yaml_loader()))
    settings = mkdocs_yml.read_settings(config)
    assert settings.pop("INHERIT", "base.yml") == "base.yml"
    assert settings == expected


def test_documents_have_the_positions_of_their_own_files(tmp_path: Path) -> None:
    (tmp_path / "base.yml").write_text("\nextra:\n  a: !ENV [NOT_SET, b]\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text("INHERIT: base.yml\nextra: {c: 1}\n", encoding="utf-8")
    (own, base), problems = mkdocs_yml.load(tmp_path / "mkdocs.yml")
    assert problems == []
    assert (own.data["extra"], base.data["extra"]) == ({"c": "1"}, {"a": "b"})
    assert (
        str(base.diagnose(("extra", "a"), "wrong.", code="record.unknown-key"))
        == "base.yml:3:3: extra.a: wrong."
    )
    assert (
        str(own.diagnose(("extra", "c"), "wrong.", code="record.unknown-key"))
        == "mkdocs.yml:2:9: extra.c: wrong."
    )


@pytest.mark.parametrize(
    "text",
    [
        "defaults: &d {exports: {cards: false}}\nextra: {portfolio: {<<: *d}}\n",
        "extra: {portfolio: {exports: {cards: true}}}\nextra: {portfolio: {exports: {cards: false}}}\n",
    ],
    ids=["merge key", "repeated key"],
)
def test_options_are_read_as_mkdocs_reads_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")
    options, problems = load_options(tmp_path / "mkdocs.yml", tmp_path)
    assert problems == []
    assert not options.exports.cards


def test_extensions_have_the_values_that_mkdocs_reads(tmp_path: Path) -> None:
    path = tmp_path / "mkdocs.yml"
    path.write_text(
        "markdown_extensions:\n  - attr_list\n"
        "  - toc: {permalink: true, slugify: !!python/name:os.path.join , toc_depth: 3}\n"
        "  - a.b: {f: !!python/object/apply:functools.partial {args: [!!python/name:len , [1]]}}\n"
        "  - not.there: {f: !!python/name:not.there }\n"
        "  - pymdownx.snippets: {base_path: !relative $config_dir}\n"
    )
    names, options = mkdocs_yml.read_markdown_extensions(path)
    assert names == ["attr_list", "toc", "a.b", "pymdownx.snippets"]
    assert options["a.b"]["f"]() == 1
    assert options["toc"] == {"permalink": True, "slugify": os.path.join, "toc_depth": 3}
    assert options["pymdownx.snippets"] == {"base_path": "$config_dir"}
