"""Shortcodes of Hugo: how they are read, and what they become."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.readers.hugo.markdown import HugoMarkdown, Settings
from portfolio.importer.readers.hugo.shortcodes import (
    Shortcode,
    Surroundings,
    Text,
    fence_header,
    read_code_options,
    read_shortcodes,
)

_PAGES = {"b.md": "/posts/b/", "b.md#part": "/posts/b/#part"}
_FILES = {"results.csv": "name,value\na|b,1\nc,2\n", "long.csv": "x" * 200_000}


def convert(text: str, **settings: Any) -> tuple[str, list[str]]:
    """Return a text converted, and its problems as ``line:column code: message``."""
    problems: list[str] = []
    surroundings = Surroundings(
        find_page=_PAGES.get,
        read_file=_FILES.get,
        find_title=lambda url: "A paper" if url == "/publication/a/" else "",
        parameters={"boat": "the *Marta*", "harbour": {"berths": 12}, "open": True},
    )

    def report(line: int, column: int, code: str, message: str, hint: str, severity: str) -> None:
        assert severity in ("error", "warning", "info"), hint
        problems.append(f"{line}:{column} {code}: {message}")

    return HugoMarkdown(Settings(**settings), surroundings, report).convert(text).rstrip("\n"), problems


@pytest.mark.parametrize(
    ("source", "name", "positional", "named"),
    [
        ("{{< gist rui 12 >}}", "gist", ["rui", "12"], {}),
        ("{{<gist rui>}}", "gist", ["rui"], {}),
        (
            '{{% figure src="a b.png" alt="say \\"hi\\"" %}}',
            "figure",
            [],
            {"src": "a b.png", "alt": 'say "hi"'},
        ),
        ('{{< code `raw "text"\nof two lines` >}}', "code", ['raw "text"\nof two lines'], {}),
        ('{{< figure\n  src="a.png"\n  width=300\n>}}', "figure", [], {"src": "a.png", "width": "300"}),
        ("{{< youtube id=w7Ft-2y/mGf >}}", "youtube", [], {"id": "w7Ft-2y/mGf"}),
        ("{{< theme/card a />}}", "theme/card", ["a"], {}),
    ],
)
def test_parameters_are_positional_or_named_and_quoted_or_raw(
    source: str, name: str, positional: list[str], named: dict[str, str]
) -> None:
    (shortcode,), faults = read_shortcodes(source)
    assert isinstance(shortcode, Shortcode)
    assert (shortcode.name, shortcode.positional, shortcode.named) == (name, positional, named)
    assert not faults


def test_shortcodes_are_nested_and_only_closed_ones_have_an_inner_text() -> None:
    text = "a {{< tabs >}}{{< tab x >}}in {{< icon b >}}{{< /tab >}}{{< / tabs >}} b"
    (before, tabs, after), faults = read_shortcodes(text)
    assert before == Text("a ", 0)
    assert after == Text(" b", len(text) - 2)
    assert isinstance(tabs, Shortcode)
    (tab,) = tabs.inner or []
    assert isinstance(tab, Shortcode)
    inner, icon = tab.inner or []
    assert inner == Text("in ", text.index("in "))
    assert isinstance(icon, Shortcode)
    assert icon.inner is None
    assert not faults


@given(st.text(alphabet='{<%>}/*ab "`=\n', max_size=60))
def test_the_parts_of_any_text_are_the_whole(text: str) -> None:
    nodes, _ = read_shortcodes(text)
    sources = [node.text if isinstance(node, Text) else node.source for node in nodes]
    assert "".join(sources) == text or "{{" in text
    convert(text, has_math=True)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '{{< figure src="a.png" alt="An *a*" title="One" caption="A `c`" attr="Rui" attrlink="/a/" >}}',
            "![An *a*](a.png)\n\n/// caption\n**One** A `c` [Rui](/a/)\n///",
        ),
        ('{{< figure src="a.png" caption="Say \\"hi\\"" >}}', '![Say "hi"](a.png "Say &quot;hi&quot;")'),
        ('{{< figure src="a.png" width=30 height="20" >}}', "![](a.png){ width=30 height=20 }"),
        (
            '{{< figure src="a.png" link="/b/" caption="C" >}}',
            "[![C](a.png)](/b/)\n\n/// caption\nC\n///",
        ),
        (
            '{{< highlight go "linenos=table,hl_lines=8 15-17,linenostart=199" >}}\na\n{{< /highlight >}}',
            '``` go linenums="199" hl_lines="8 15-17"\na\n```',
        ),
        ('{{< highlight html "hl_inline=true" >}}<b>{{< /highlight >}}', "`#!html <b>`"),
        ("{{< highlight md >}}\n```\nx\n```\n{{< /highlight >}}", "```` md\n```\nx\n```\n````"),
        (
            '[b]({{< ref "b.md" >}}) [part]({{% relref "b.md#part" %}})',
            "[b](/posts/b/) [part](/posts/b/#part)",
        ),
        ('{{< ref path="b.md" >}}', "/posts/b/"),
        ("{{< gist rui 12 >}}", "[Gist: rui/12](https://gist.github.com/rui/12)"),
        ('{{< gist rui 12 "a b.go" >}}', "[Gist: a b.go](https://gist.github.com/rui/12#file-a-b-go)"),
        ("{{< youtube dQw4 >}}", "[YouTube video](https://www.youtube.com/watch?v=dQw4)"),
        ('{{< youtube id=dQw4 title="A knot" >}}', "[A knot](https://www.youtube.com/watch?v=dQw4)"),
        ("{{< vimeo 55 >}}", "[Vimeo video](https://vimeo.com/55)"),
        ('{{< tweet user="rui" id="7" >}}', "[Post on X by rui](https://x.com/rui/status/7)"),
        ("{{< tweet 7 >}}", "[Post on X](https://x.com/i/status/7)"),
        ('{{< x user="rui" id="7" >}}', "[Post on X by rui](https://x.com/rui/status/7)"),
        ("{{< instagram CxO >}}", "[Post on Instagram](https://www.instagram.com/p/CxO/)"),
        ('{{< qr text="https://a.example/" />}}', "<https://a.example/>"),
        ("{{< qr >}}plain{{< /qr >}}", "`plain`"),
        (
            '{{< details summary="Why?" open=true >}}\n**So**\n{{< /details >}}',
            '???+ note "Why?"\n\n    **So**',
        ),
        ('{{< spoiler text="Open" >}}in{{< /spoiler >}}', '??? note "Open"\n\n    in'),
        ('{{< collapse summary="S" >}}in{{< /collapse >}}', '??? note "S"\n\n    in'),
        ("{{< param boat >}}", "the \\*Marta\\*"),
        ("{{% param boat %}}", "the *Marta*"),
        ('{{< param "harbour.berths" >}}', "12"),
        ("{{< param open >}}", "true"),
        ("{{% callout warning %}}\nMind.\n{{% /callout %}}", '!!! warning ""\n\n    Mind.'),
        ('{{< alert "twitter" >}}Mind.{{< /alert >}}', '!!! note ""\n\n    Mind.'),
        ('{{< tip "Remember" >}}Mind.{{< /tip >}}', '!!! tip "Remember"\n\n    Mind.'),
        ("{{% alert note %}}Mind.{{% /alert %}}", '!!! note ""\n\n    Mind.'),
        ('{{< alert icon="fire" >}}Mind.{{< /alert >}}', '!!! danger ""\n\n    Mind.'),
        ('{{< notice tip "Do" >}}Mind.{{< /notice >}}', '!!! tip "Do"\n\n    Mind.'),
        ('{{< admonition type=bug title="B" >}}Mind.{{< /admonition >}}', '!!! bug "B"\n\n    Mind.'),
        ("{{< math >}}\n$$\na_b * c_d\n$$\n{{< /math >}}", "$$\na_b * c_d\n$$"),
        ("It is {{< math >}}$a_b$ and $c_d${{< /math >}}.", "It is $a_b$ and $c_d$."),
        ('{{< cite page="/publication/a/" view="4" >}}', "[A paper](/publication/a/)"),
        (
            '{{% staticref "uploads/cv.pdf" "newtab" %}}my CV{{% /staticref %}}',
            "[my CV](/uploads/cv.pdf)",
        ),
        (
            '{{< table path="results.csv" header="true" caption="Results" >}}',
            "| name | value |\n| --- | --- |\n| a\\|b | 1 |\n| c | 2 |\n\n/// caption | <\nResults\n///",
        ),
        ("{{< toc >}}a{{< icon name=download >}}", "a"),
        ('{{< video src="a.mp4" controls="yes" >}}', "[Video: a.mp4](a.mp4)"),
        ('{{< audio src="a.mp3" >}}', "[Audio: a.mp3](a.mp3)"),
        ('{{< button href="/b/" target=_self >}}Go{{< /button >}}', "[Go](/b/)"),
        ('{{< button relref="/b/" >}}Go{{< /button >}}', "[Go](/b/)"),
        ("{{< mermaid >}}\ngraph LR\n{{< /mermaid >}}", "``` mermaid\ngraph LR\n```"),
        ("{{< lead >}}First *words*.{{< /lead >}}", "First *words*."),
        ('{{< github repo="a/b" >}}', "[a/b](https://github.com/a/b)"),
        ('{{< quote author="Rui" >}}So\nit is.{{< /quote >}}', "> So\n> it is.\n>\n> — Rui"),
        ("{{< rawhtml >}}<b>x</b> _y_{{< /rawhtml >}}", "<b>x</b> _y_"),
        (
            "{{< tabs >}}\n  {{< tab A >}}one{{< /tab >}}\n  {{< tab B >}}two{{< /tab >}}\n{{< /tabs >}}",
            "**A**\n\none\n\n**B**\n\ntwo",
        ),
        ("{{< comment >}}never seen{{< /comment >}}a", "a"),
    ],
)
def test_a_shortcode_becomes_what_this_site_has(source: str, expected: str) -> None:
    markdown, problems = convert(source)
    assert markdown == expected
    assert [problem for problem in problems if "QR" not in problem] == []


def test_an_escaped_shortcode_is_shown_as_it_is_written() -> None:
    source = (
        'Write {{</* figure src="x" */>}} or {{%/* a */%}} or `{{%/* b */%}}`.\n\n```md\n{{</* c */>}}\n```'
    )
    expected = (
        'Write {{&lt; figure src="x" &gt;}} or {{&#37; a &#37;}} or `{{% b %}}`.\n\n```md\n{{< c >}}\n```'
    )
    assert convert(source) == (expected, [])


def test_blocks_stay_in_their_list_and_quotation() -> None:
    source = """- {{< details "S" >}}a

  b{{< /details >}}
- c
  {{< figure src="d.png" >}} e

> {{% callout note %}}
> f
>
> g
> {{% /callout %}}
> h
"""
    expected = """- ??? note "S"

      a

      b

- c

  ![](d.png)

  e

> !!! note ""
>
>     f
>
>     g
>
> h"""
    markdown, problems = convert(source)
    assert [line.rstrip() for line in markdown.split("\n")] == expected.split("\n")
    assert not problems


@pytest.mark.parametrize(
    ("source", "expected", "problem"),
    [
        (
            'a\nb {{< plot data="x" >}}c *d*{{< /plot >}}',
            "a\nb c *d*",
            "2:3 import.unsupported: there is no counterpart of the shortcode 'plot': its inner text stays.",
        ),
        (
            "{{< chart >}}\n{a: 1}\n{{< /chart >}}",
            "``` js\n{a: 1}\n```",
            "1:1 import.unsupported: there is no counterpart of the shortcode 'chart': "
            "its data stay as code.",
        ),
        (
            "{{< chart >}}",
            "",
            "1:1 import.unsupported: there is no counterpart of the shortcode 'chart', and it is left out.",
        ),
        (
            "a\n\n{{< details >}}b",
            "a\n\nb",
            "3:1 import.invalid-shortcode: the shortcode 'details' is never closed.",
        ),
        (
            "{{< a.inline >}}\n{{ if .Page.Params.math }}\nb *c*\n{{ end }}\n{{< /a.inline >}}",
            "b *c*",
            "1:1 import.dropped: the template in 'a.inline' is left out.",
        ),
        (
            "{{< a.inline >}}<style>b{}</style>{{< /a.inline >}}",
            "",
            "1:1 import.dropped: the template in 'a.inline' is left out.",
        ),
        ("a {{< /b >}}c", "a c", "1:3 import.invalid-shortcode: '{{< /b >}}' closes no shortcode."),
        (
            "a\n {{< b c=\nd",
            "a\n {{< b c=\nd",
            "2:2 import.invalid-shortcode: '{{< b c=' is not a complete shortcode, and stays as text.",
        ),
        (
            '[a]({{< ref "gone.md" >}})',
            "[a](gone.md)",
            "1:5 import.dead-link: the old site has no page 'gone.md'.",
        ),
        (
            "```\n{{< chart >}}\n```",
            "```\n{{< chart >}}\n```",
            "2:1 import.unsupported: the shortcode 'chart' inside code stays as it is written.",
        ),
        (
            '{{< table path="gone.csv" >}}',
            "",
            "1:1 import.missing-file: there is no file 'gone.csv' for the table.",
        ),
        (
            '{{< table path="long.csv" >}}',
            "",
            "1:1 import.invalid: the file 'long.csv' of the table is not CSV: "
            "field larger than field limit (131072).",
        ),
        ("{{< param gone >}}", "", "1:1 import.unsupported: there is no parameter 'gone'."),
    ],
)
def test_what_has_no_counterpart_is_reported_where_it_is(source: str, expected: str, problem: str) -> None:
    assert convert(source) == (expected, [problem])


def test_shortcodes_that_are_nested_too_deeply_stay_as_text() -> None:
    source = "{{< details >}}" * 500 + "a" + "{{< /details >}}" * 500
    markdown, problems = convert(source)
    assert markdown == source
    assert problems == [
        "1:1 import.invalid-shortcode: these shortcodes are nested too deeply, and stay as text."
    ]


def test_a_page_has_a_limited_number_of_faults() -> None:
    assert [len(convert(mark * 1000)[1]) for mark in ("{{< a ", "{{</* ", "{{< /a >}}", "{{< tab >}}")] == [
        100
    ] * 4


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{linenos=table,hl_lines=[1,3]}", 'go linenums="1" hl_lines="1 3"'),
        ('{linenos=inline hl_lines=[8,"15-17"],linenostart=199}', 'go linenums="199" hl_lines="8 15-17"'),
        ('{title="a.go"}', 'go title="a.go"'),
        ("{linenos=false}", "go"),
        ("{.wide}", "go"),
        ("", "go"),
    ],
)
def test_options_of_code_become_those_of_this_site(written: str, expected: str) -> None:
    assert fence_header("go", read_code_options(written)) == expected
