"""Liquid with plain data: values, filters, tags, blocks and what cannot be rendered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.readers.jekyll.liquid import Liquid, Rendered, TagCall, slugify

VARIABLES: dict[str, Any] = {
    "site": {"title": "Notes", "count": 3, "price": 2.5, "open": True, "ports": ["Low", "High"]},
    "page": {"title": "A <b>", "tags": [], "image": None, "author": {"name": "Ada"}},
}


def render(template: str, **tags: Any) -> tuple[str, list[tuple[str, int, str]]]:
    problems: list[tuple[str, int, str]] = []

    def report(kind: str, line: int, message: str, _hint: str) -> None:
        problems.append((kind, line, message))

    return Liquid(VARIABLES, report, tags).render(template).text, problems


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ site.title }}, {{site.count}} {{ site.price }}", "Notes, 3 2.5"),
        ("{{ 'text' }} {{ \"it's\" }} {{ 12 }} {{ true }}", "text it's 12 true"),
        ("{{ site.ports[1] }} {{ site.ports.first }} {{ site.ports.size }}", "High Low 2"),
        ("{{ page['author'].name }} {{ page.author['name'] }}", "Ada Ada"),
        ("{{ page.title | escape }}", "A &lt;b&gt;"),
        ("{{ site.ports | join: ' | ' }}", "Low | High"),
        ("{{ 'a,b' | split: ',' | last | upcase | append: '!' }}", "B!"),
        ("{{ site.count | plus: 2 | times: 2 | minus: 1 | divided_by: 2 }}", "4"),
        ("{{ page.image | default: 'none' }}", "none"),
        ("{{ '2021-03-04' | date: '%d %B %Y' }}", "04 March 2021"),
        ("{{ 'C++ & Go' | slugify }} {{ 'Été 2' | slugify }}", "c-go été-2"),
        ("{{ '<p>a</p> b' | strip_html }} {{ 'one two three' | truncatewords: 2 }}", "a b one two..."),
        ("{{ 'abc' | slice: -2, 2 }} {{ 'x' | prepend: 'a' }}", "bc ax"),
        ("{% raw %}{{ site.title }} {% if %}{% endraw %}", "{{ site.title }} {% if %}"),
        ("a{% comment %}{{ nothing }} {% nothing %}{% endcomment %}b", "ab"),
        ("a  {{- site.count -}}  b", "a3b"),
        ("a\n{%- if site.open -%}\n  yes\n{%- endif -%}\nb", "ayesb"),
        ("{% assign x = site.ports | first %}{{ x }}", "Low"),
        ("{% capture x %}<{{ site.count }}>{% endcapture %}{{ x }}", "<3>"),
        ("{% if site.count > 2 and site.title contains 'ote' %}yes{% else %}no{% endif %}", "yes"),
        ("{% if page.image or site.open %}yes{% endif %}", "yes"),
        ("{% if page.tags == empty %}empty{% endif %}{% unless site.open %}x{% endunless %}", "empty"),
        ("{% if site.title != 'Notes' %}a{% elsif site.count == 3 %}b{% else %}c{% endif %}", "b"),
        ("{% case site.count %}{% when 1 %}one{% when 2, 3 %}more{% else %}many{% endcase %}", "more"),
        (
            "{% for p in site.ports %}{{ forloop.index }}{{ p }}{% unless forloop.last %},{% "
            "endunless %}{% endfor %}",
            "1Low,2High",
        ),
        ("{% for i in (1..9) limit:3 offset:2 %}{{ i }}{% endfor %}", "345"),
        ("{% for p in site.ports reversed %}{{ p }}{% break %}{% endfor %}", "High"),
        ("{% for x in page.tags %}{{ x }}{% else %}none{% endfor %}", "none"),
        ("{% for pair in page.author %}{{ pair[0] }}={{ pair[1] }}{% endfor %}", "name=Ada"),
    ],
)
def test_renders(template: str, expected: str) -> None:
    assert render(template) == (expected, [])


@pytest.mark.parametrize(
    ("template", "expected", "problem"),
    [
        (
            "a\n{{ site.nothing }}b",
            "a\nb",
            ("unknown", 2, "{{ site.nothing }} has no value here, and is left out."),
        ),
        (
            "\n\n{{ 'a' | frobnicate }}",
            "\n\na",
            ("unsupported", 3, "there is no counterpart of the filter 'frobnicate'."),
        ),
        (
            "{% chart data %}",
            "",
            ("unsupported", 1, "there is no counterpart of the tag {% chart %}, and it is left out."),
        ),
        (
            "{% box %}text{% endbox %}",
            "text",
            ("unsupported", 1, "there is no counterpart of the tag {% box %}, only its content is kept."),
        ),
        (
            "a\n{% raw %}\n{{ x }}",
            "a\n\n{{ x }}",
            ("invalid", 2, "{% raw %} is never closed."),
        ),
        (
            "{% if site.open %}yes",
            "yes",
            ("invalid", 1, "{% if %} is never closed, and is taken to end where the text does."),
        ),
        (
            "a\n{{ site.title",
            "a\n{{ site.title",
            ("invalid", 2, "this {{ is never closed, and stays as it is."),
        ),
        ("a {% endif %} b", "a  b", ("invalid", 1, "{% endif %} closes nothing, and is left out.")),
        (
            "{% for x in site.nothing %}{{ x }}{% endfor %}",
            "",
            (
                "unsupported",
                1,
                "the loop {% for x in site.nothing %} has nothing to repeat here, and is left out.",
            ),
        ),
        (
            "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}",
            None,
            ("too-large", 1, "this template is too large, or its loops are too long, to be rendered."),
        ),
    ],
)
def test_reports(template: str, expected: str | None, problem: tuple[str, int, str]) -> None:
    text, problems = render(template)
    assert problems == [problem]
    assert expected is None or text == expected


@pytest.mark.parametrize(
    "template",
    [
        "{% assign x = 'ab' %}" + "{% assign x = x | append: x %}" * 60 + "{{ x }}",
        "{% assign x = 'aaaaaaaaaa' %}" + "{% assign x = x | replace: 'a', x %}" * 9 + "{{ x }}",
        "{% assign x = 9 %}" + "{% assign x = x | times: x %}" * 60 + "{{ x }}",
        "{% for i in (1..100000) %}{% for j in (1..100000) %}{% endfor %}{% endfor %}",
        "{%" * 50_000,
        "{{" * 50_000,
        "{% if site.open %}" * 5000,
        "{{ site.title }}" * 20_000,
        f"{{{{ {'9' * 5000} }}}}",
        f"{{% for a in (1..{'9' * 400}.0) limit:{'9' * 400}.0 %}}{{% endfor %}}",
        f"{{% assign a = '{'9' * 5000}' %}}{{% for b in site.ports limit:a %}}{{% endfor %}}",
        "{{ page.author | first }}{{ site.ports | join: page.author }}",
        "{{ page.author[site.ports] }}{% if page.author contains site.ports %}{% endif %}",
        "{% if site.count contains 3 %}{% endif %}",
    ],
)
def test_hostile_templates_end(template: str) -> None:
    text, _ = render(template)
    assert len(text) < 6_000_000


def test_a_tag_gets_its_markup_line_and_content() -> None:
    calls: list[TagCall] = []

    def note(call: TagCall) -> str:
        calls.append(call)
        return f"<{call.lookup(call.markup)}>"

    template = "a\n  {% note site.title %}\n{% box 'x' %}{{ site.count }}{% endbox %}"
    assert render(template, note=note, box=note) == ("a\n  <Notes>\n<x>", [])
    assert [(call.name, call.line, call.content, call.indentation) for call in calls] == [
        ("note", 2, None, "  "),
        ("box", 3, "3", ""),
    ]


def test_lines_of_the_result_are_those_of_the_source() -> None:
    template = (
        "one\n{% assign x = 1 %}\n{% if site.open %}\nfour\n{% endif %}\n{% for i in (1..2) "
        "%}\nseven\n{% endfor %}\nnine"
    )
    rendered = Liquid(VARIABLES, lambda *_: None).render(template, first_line=11)
    numbered = dict(zip(rendered.text.split("\n"), rendered.lines, strict=True))
    assert {text: numbered[text] for text in ("one", "four", "seven", "nine")} == {
        "one": 11,
        "four": 14,
        "seven": 17,
        "nine": 19,
    }


def test_an_include_reports_on_the_line_that_includes_it() -> None:
    problems: list[int] = []
    liquid = Liquid({}, lambda _kind, line, _message, _hint: problems.append(line))
    assert liquid.render_with("\n\n{{ include.a }}{{ nothing }}", {"include": {"a": "x"}}, 7) == "\n\nx"
    assert problems == [7]


@given(st.text(alphabet="{}%|.'\"- \nabrawifendfor"))
def test_any_text_is_rendered_without_an_error(template: str) -> None:
    rendered = Liquid(VARIABLES, lambda *_: None).render(template)
    assert isinstance(rendered, Rendered)
    assert len(rendered.lines) == rendered.text.count("\n") + 1


@given(st.text(alphabet=st.characters(exclude_characters="{")))
def test_text_without_tags_stays(template: str) -> None:
    rendered = Liquid({}, lambda *_: None).render(template)
    assert (rendered.text, rendered.lines) == (template, list(range(1, template.count("\n") + 2)))


def test_slugs_have_the_modes_of_jekyll() -> None:
    assert [slugify("The _config.yml file!", mode) for mode in ("default", "pretty", "raw")] == [
        "the-config-yml-file",
        "the-_config.yml-file!",
        "the-_config.yml-file!",
    ]
