"""The settings of ``mkdocs.yml`` that only MkDocs reads."""

import os
from pathlib import Path

import pytest
from mkdocs.config.defaults import get_schema

from portfolio.sources.mkdocs_yml_checks import KINDS, check_settings
from tests.support import project

_THEME = "theme: {name: material, custom_dir: overrides}\n"
_VALID = f"site_name: T\n{_THEME}"


def _check(root: Path, text: str | bytes) -> list[str]:
    for folder in ("docs", "overrides", "hooks"):
        (root / folder).mkdir(exist_ok=True)
    (root / "hooks/a.py").touch()
    (root / "mkdocs.yml").write_bytes(text.encode() if isinstance(text, str) else text)
    return [str(problem) for problem in check_settings(root / "mkdocs.yml")]


def test_every_setting_of_mkdocs_is_known() -> None:
    internal = {"config_file_path", "mdx_configs", "pages", "google_analytics"}
    assert {*KINDS} - {"INHERIT"} == {name for name, _ in get_schema()} - internal


def test_the_settings_of_the_site_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_URL", raising=False)
    assert check_settings(project.ROOT / "mkdocs.yml") == []


@pytest.mark.parametrize(
    "text",
    [
        "site_name: T\ntheme: material\n",
        f"{_VALID}site_url: ''\nrepo_url:\n",
        f"{_VALID}site_url: !ENV [NOT_SET, 'https://a.example/b/']\n",
        f"{_VALID}site_dir: public\n",
        f"{_VALID}nav:\n  - a.md\n  - B: b.md\n  - C:\n      - c.md\n      - D: https://example.org\n",
        f"{_VALID}plugins: {{blog: {{post_url_format: '{{slug}}'}}, /blog: {{folder: blog}}}}\n",
        f"{_VALID}markdown_extensions: [pymdownx.emoji: {{index: !!python/name:os.path.join }}]\n",
        f"{_VALID}plugins: [search, material/tags, privacy: {{enabled: false}}]\n",
        f"{_VALID}plugins:\nmarkdown_extensions: [toc, markdown.extensions.toc, pymdownx.keys, json:Class]\n",
        f"{_VALID}markdown_extensions: {{toc: {{permalink: true}}, tables: }}\nhooks: [hooks/a.py]\n",
        f"{_VALID}use_directory_urls: no\ndev_addr: '[::1]:8000'\n",
    ],
)
def test_valid_settings_have_no_diagnostic(tmp_path: Path, text: str) -> None:
    assert _check(tmp_path, text) == []


def test_settings_of_the_theme_that_this_site_does_not_read_are_named(tmp_path: Path) -> None:
    theme = "theme: {name: material, custom_dir: overrides, palette: {scheme: slate}, font: false}\n"
    message = "has no effect: this site has its own templates and style sheet. Remove it."
    assert _check(tmp_path, f"site_name: T\n{theme}") == [
        f"mkdocs.yml:2:48: theme.palette: {message}",
        f"mkdocs.yml:2:74: theme.font: {message}",
    ]


def test_the_theme_may_be_inherited(tmp_path: Path) -> None:
    (tmp_path / "base.yml").write_text(_THEME)
    assert _check(tmp_path, "INHERIT: base.yml\nsite_name: T\ntheme: {language: en-GB}\n") == []
    (line,) = _check(tmp_path, "INHERIT: base.yml\nsite_name: T\ntheme: {custom_dir: no}\n")
    assert line == "mkdocs.yml:3:9: theme.custom_dir: there is no folder 'no'."


_URL_HINT = "is not the URL of a site. Write one as in https://example.org/."
_EMPTIED = "a build empties this folder, which would delete or change"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"site_name:\n{_THEME}", "1:1: site_name: is missing. Write one as in 'site_name: A name'."),
        (
            f"site_name: 3\n{_THEME}",
            "1:1: site_name: expected a text, found a number. Put quotation marks around it.",
        ),
        (f"{_VALID}site_author: [a]", "3:1: site_author: expected a text, found a list."),
        (f"{_VALID}site_url: 3", "3:1: site_url: expected a text, found a number."),
        (f"{_VALID}site_url: 'https://[::1'", f"3:1: site_url: 'https://[::1' {_URL_HINT}"),
        (f"{_VALID}site_url: javascript:alert(1)", f"3:1: site_url: 'javascript:alert(1)' {_URL_HINT}"),
        (f"{_VALID}strict: maybe", "3:1: strict: expected true or false, found a text."),
        (f"{_VALID}extra: [a]", "3:1: extra: expected a mapping, found a list."),
        (f"{_VALID}dev_addr: here", "3:1: dev_addr: 'here' is not an address and a port. Write them as in"),
        (f"{_VALID}nav: [3]", "3:7: nav[0]: expected a page or a section, found a number."),
        (
            f"{_VALID}nav: [{{A: {{b: c.md}}}}]",
            "3:8: nav[0].A: expected a page or a section, found a mapping",
        ),
        (f"{_VALID}site_nam: T", "3:1: site_nam: MkDocs has no such setting. Did you mean 'site_name'?"),
        (
            f"{_VALID}extra: {{portfolo: {{}}}}",
            "3:9: extra.portfolo: nothing reads this key. Did you mean 'po",
        ),
        (
            "site_name: T\ntheme: {name: material, custom_dir: overrides, featurs: []}",
            "2:48: theme.featurs: nothing reads this key. Did you mean 'features'?",
        ),
        (
            "site_name: T\ntheme: {name: material, custom_dir: overrides, language: pt_BR}",
            "2:48: theme.language: 'pt_BR' is not the tag of a language. Did you mean 'pt-BR'? Write one",
        ),
        (
            "site_name: T\ntheme: {name: material, custom_dir: overrides, language: nl}",
            "2:48: theme.language: the texts of this site are not translated into 'nl', and stay English.",
        ),
        (
            f"{_VALID}plugins: [blog: {{post_url_format: '{{dat}}/{{slug}}'}}]",
            "3:18: plugins[0].blog.post_url_format: '{dat}/{slug}' contains an unknown placeholder. "
            "Did you mean '{date}'? The placeholders are {categories}, {date}, {file} and {slug}.",
        ),
        (f"{_VALID}site_dir: docs/out", f"3:1: site_dir: {_EMPTIED} 'docs'."),
        (f"{_VALID}site_dir: .", f"3:1: site_dir: {_EMPTIED} 'docs'."),
        (f"{_VALID}site_dir: ..", f"3:1: site_dir: {_EMPTIED} 'docs'."),
        (f"{_VALID}site_dir: .git", f"3:1: site_dir: {_EMPTIED} '.git'."),
        (f"{_VALID}site_dir: overrides/a", f"3:1: site_dir: {_EMPTIED} 'overrides'."),
        (f"{_VALID}hooks: [hooks/a.py]\nsite_dir: hooks", f"4:1: site_dir: {_EMPTIED} 'hooks'."),
        ("site_name: T", "1:1: theme: the templates of this site need the theme 'material', not 'mkdocs'."),
        (
            "site_name: T\ntheme: {name: material, custom_dir: no}",
            "2:25: theme.custom_dir: there is no folder 'no'.",
        ),
        (
            f"{_VALID}plugins: [blog, blog: {{blog_dir: b}}]",
            "3:17: plugins[1].blog: there is more than one blog",
        ),
        (
            f"{_VALID}plugins: [blog: {{post_url_format: '{{date.__class__}}'}}]",
            "3:18: plugins[0].blog.post_url_format: '{date.__class__}' contains an unknown placeholder.",
        ),
        (
            f"{_VALID}plugins: [blog: {{post_url_format: '../../{{slug}}'}}]",
            "3:18: plugins[0].blog.post_url_format: '../../{slug}' leads out of the site. Write it without",
        ),
        (
            f"{_VALID}plugins: [blog: {{blog_dir: /musings}}]",
            "3:18: plugins[0].blog.blog_dir: '/musings' leads out of the site.",
        ),
        (
            f"{_VALID}plugins: [search, serch: {{}}]",
            "3:19: plugins[1].serch: 'serch' is not an installed plugin. Did you mean 'search'?",
        ),
        (
            f"{_VALID}plugins: {{zzzzzz: {{}}}}",
            "3:11: plugins.zzzzzz: 'zzzzzz' is not an installed plugin. Add its package to requirements.in",
        ),
        (
            f"{_VALID}plugins:\n  - blog:\n    blog_dir: a\n    draft: true\n",
            "5:5: plugins[0].blog_dir: 'blog_dir' and 'draft' are not below 'blog', but beside it. Indent "
            "the options of a plugin deeper than its name.",
        ),
        (f"{_VALID}plugins: [{{}}]", "3:11: plugins[0]: expected the name of a plugin, found a mapping."),
        (
            f"{_VALID}markdown_extensions: [[toc]]",
            "3:23: markdown_extensions[0]: expected the name of a Markdown extension, found a list.",
        ),
        (
            f"{_VALID}markdown_extensions: [pymdownx.superfence]",
            "3:23: markdown_extensions[0]: 'pymdownx.superfence' is not an installed Markdown extension. Did "
            "you mean 'pymdownx.superfences'?",
        ),
        (
            f"{_VALID}markdown_extensions: [toc.nope]",
            "3:23: markdown_extensions[0]: 'toc.nope' is not an installed Markdown extension.",
        ),
        (
            f"{_VALID}markdown_extensions: [toc: {{slugify: !!python/name:os.path.jion }}]",
            "3:29: markdown_extensions[0].toc.slugify: there is no 'os.path.jion' in Python. Correct it,",
        ),
        (
            f"{_VALID}hooks: [hooks/b.py]",
            "3:9: hooks[0]: there is no file 'hooks/b.py'. Did you mean 'hooks/a.py'?",
        ),
        (
            f"site_name: T\ntheme: {{name: material, custom_dir: {'a' * 300}}}",
            "2:25: theme.custom_dir: there is no folder 'aaa",
        ),
        (f"{_VALID}hooks: [gone/b.py]", "3:9: hooks[0]: there is no file 'gone/b.py'."),
    ],
)
def test_an_invalid_setting_has_one_diagnostic(tmp_path: Path, text: str, expected: str) -> None:
    lines = _check(tmp_path, text)
    assert [line.startswith(f"mkdocs.yml:{expected}") for line in lines] == [True], lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "mkdocs.yml:1:1: expected a mapping of settings. Write settings such as 'site_name: …'."),
        (f"{_VALID}\0", "mkdocs.yml:3:1: this is not YAML: control characters are not allowed."),
        (
            "site_name: Café".encode("latin-1"),
            "mkdocs.yml:1:1: this is not UTF-8 text (byte 14). Save it as UTF-8.",
        ),
        (f"{_VALID}\tsite_url: ''", "mkdocs.yml:3:1: a tab cannot indent YAML. Replace it by spaces."),
        ("INHERIT: pipe.yml\n", "pipe.yml:1:1: this is a named pipe. Only regular files are read."),
    ],
)
def test_a_configuration_that_cannot_be_read_has_one_diagnostic(
    tmp_path: Path, text: str | bytes, expected: str
) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    assert _check(tmp_path, text) == [expected]


def test_files_of_templates_are_regular_files(tmp_path: Path) -> None:
    (tmp_path / "overrides/assets").mkdir(parents=True)
    os.mkfifo(tmp_path / "overrides/assets/a.css")
    message = "overrides/assets/a.css:1:1: this is a named pipe. Only regular files are read."
    assert _check(tmp_path, _VALID) == [message]


def test_cname_must_be_the_host_of_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_URL", raising=False)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "CNAME").write_text("A.example\n")
    assert _check(tmp_path, f"{_VALID}site_url: https://a.example/") == []
    hint = "Write the same host in both, or delete this file if the site has no domain of its own."
    start = "docs/CNAME:1:1: 'A.example' is not the host of site_url in mkdocs.yml,"
    assert _check(tmp_path, f"{_VALID}site_url: https://b.example/") == [f"{start} 'b.example'. {hint}"]
    assert _check(tmp_path, _VALID) == [f"{start} which is missing. {hint}"]
    # Not of a misspelt site_url, which is reported.
    assert len(_check(tmp_path, f"{_VALID}site_ulr: https://a.example\n")) == 1
    # A build for another host, such as a preview.
    monkeypatch.setenv("SITE_URL", "https://preview.example/")
    assert _check(tmp_path, f"{_VALID}site_url: !ENV SITE_URL") == []
