"""Markdown of other Python-Markdown sites to the Markdown of this site."""

import pytest

from portfolio.importer.python_markdown import convert_python_markdown, extension_names

EXTRA = extension_names({"extensions": ["codehilite", "extra"]})


def _convert(
    markdown: str, *more: str, has_formulas: bool | None = None, problems: list[str] | None = None
) -> str:
    def report(line: int, code: str, message: str, hint: str) -> None:
        if problems is not None:
            problems.append(f"{line}: {code}: {message} {hint}".strip())

    return convert_python_markdown(
        markdown, EXTRA | set(more), report, has_formulas=has_formulas, first_line=10
    )


def test_extension_names() -> None:
    setting = {
        "extension_configs": {"markdown.extensions.toc": {}},
        "extensions": ["smarty", "codehilite(x=1)"],
    }
    assert extension_names(setting) == {"toc", "smarty", "codehilite"}
    assert "footnotes" in extension_names(["extra", {"pymdownx.tabbed": {}}])
    assert "tabbed" in extension_names(["extra", {"pymdownx.tabbed": {}}])


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("    :::python\n    a\n\n    b\n", "```python\na\n\nb\n```\n"),
        ("    #!bash\n    a", '```bash linenums="1"\na\n```'),
        ("    #!/bin/sh\n    a\n", '```sh linenums="1"\n#!/bin/sh\na\n```\n'),
        ('    :::python hl_lines="1 2"\n    a\n', '```python hl_lines="1 2"\na\n```\n'),
        ("    :::\n    a ``` b\n", "````text\na ``` b\n````\n"),
        ("- a\n\n        :::c++\n        b\n          c\n", "- a\n\n    ```c++\n    b\n      c\n    ```\n"),
        (">     :::python\n>     a\n", "> ```python\n> a\n> ```\n"),
        ("\t:::python\n\ta\n", "```python\na\n```\n"),
        ("    plain\n    :::python\n", "    plain\n    :::python\n"),
        ("```{.python linenos=true}\n:::x\n```\n", '```{.python linenums="1"}\n:::x\n```\n'),
        ("Text :::python `:::a`\n", "Text :::python `:::a`\n"),
    ],
)
def test_code_with_a_header(markdown: str, expected: str) -> None:
    assert _convert(markdown) == expected


def test_formulas() -> None:
    assert _convert(r"\\(a_i\\) and \\[b\\] `\\(c\\)`") == r"\(a_i\) and $$b$$ `\\(c\\)`"
    assert _convert("$a$ and `$b$`", has_formulas=True) == "$a$ and `$b$`"
    # Of money without TeX on the page, and of a page with TeX.
    assert _convert("$a$ and $5") == r"\$a\$ and $5"
    assert _convert("$a$ and $x_i$") == "$a$ and $x_i$"


def test_notations_of_this_site_are_escaped() -> None:
    markdown = "==a== ~~b~~ c~d~ e^f^ ++g++ [@h] :rocket: :nothing: --i j--k\n\n- [ ] l\n"
    assert _convert(markdown) == (
        "\\=\\=a\\=\\= \\~\\~b\\~\\~ c\\~d\\~ e\\^f\\^ \\+\\+g\\+\\+ \\[@h] &#58;rocket&#58; :nothing: "
        "\\-\\-i j--k\n\n"
        "- \\[ ] l\n"
    )
    extensions = ("mark", "tilde", "caret", "keys", "emoji", "tasklist", "smarty")
    assert _convert(markdown, *extensions) == markdown.replace("[@h]", "\\[@h]")


def test_callouts() -> None:
    problems: list[str] = []
    markdown = '!!! note\n    a\n\n!!! lamp "A lamp"\n    b\n\n!!! recipe\n    c\n'
    converted = _convert(markdown, "admonition", problems=problems)
    assert converted == '!!! note\n    a\n\n!!! note "A lamp"\n    b\n\n!!! note "Recipe"\n    c\n'
    assert problems == [
        "13: import.unsupported: 'lamp' is no kind of callout here, and becomes a note.",
        "16: import.unsupported: 'recipe' is no kind of callout here, and becomes a note.",
    ]


def test_ids_of_headings_and_the_table_of_contents() -> None:
    markdown = "[TOC]\n\n# Über `x` uns\n\nÄhnliches\n---------\n\n## Plain\n\n## Ä {#own}\n\n    # Ü\n"
    assert _convert(markdown, "toc") == (
        "[TOC]\n\n# Über `x` uns {#uber-x-uns}\n\nÄhnliches {#ahnliches}\n---------\n\n## Plain\n\n"
        "## Ä {#own}\n\n    # Ü\n"
    )
    assert _convert(markdown).startswith("\\[TOC]\n\n# Über `x` uns\n")


def test_content_tabs_become_text() -> None:
    markdown = (
        'a\n\n=== "B"\n\n    ```py\n    === "no"\n    ```\n\n    === "C"\n\n        c\n\n'
        '===! "D"\n    d\n\ne\n\n'
        '```\n=== "E"\n```\n'
    )
    assert _convert(markdown, "tabbed") == (
        'a\n\n**B**\n\n```py\n=== "no"\n```\n\n**C**\n\nc\n\n**D**\n\nd\n\ne\n\n```\n=== "E"\n```\n'
    )


def test_no_file_of_this_site_is_included() -> None:
    markdown = '--8<-- "mkdocs.yml"\n\n```\n--8<-- "a.md"\n```\n'
    assert _convert(markdown) == ';--8<-- "mkdocs.yml"\n\n```\n;--8<-- "a.md"\n```\n'
    assert _convert(markdown, "snippets") == ';--8<-- "mkdocs.yml"\n\n```\n;--8<-- "a.md"\n```\n'
