"""Adding items and keys to a YAML file."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.positions import load_yaml
from portfolio.importer.yaml_lists import add_keys, append_items

ITEMS = [{"id": "new", "company": "Bridges: a firm", "start_date": "2019-03", "highlights": ["One", "null"]}]
BLOCK = """\
- id: new
  company: 'Bridges: a firm'
  start_date: 2019-03
  highlights:
    - One
    - 'null'
"""
INDENTED = textwrap.indent(BLOCK, "  ")
FLOW = "{id: new, company: 'Bridges: a firm', start_date: 2019-03, highlights: [One, 'null']}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", f"roles:\n{INDENTED}"),
        ("# Mine\n", f"# Mine\n\nroles:\n{INDENTED}"),
        ("---\n# Mine", f"---\n# Mine\n\nroles:\n{INDENTED}"),
        ("null\n", f"\nroles:\n{INDENTED}"),
        ("{}\n", f"\nroles:\n{INDENTED}"),
        ("roles:\n", f"roles:\n{INDENTED}"),
        ("roles: []\n", f"roles:\n{INDENTED}"),
        ("roles: ~  # none yet\ntail: a\n", f"roles:  # none yet\n{INDENTED}tail: a\n"),
        ("roles: [  # none yet\n]\n", f"roles: [  # none yet\n{FLOW}]\n"),
        ("roles: [{id: a}]\n", f"roles: [{{id: a}}, {FLOW}]\n"),
        ("roles: [\n  {id: a},  # first\n]\n", f"roles: [\n  {{id: a}},  # first\n{FLOW}]\n"),
        ("{roles: [], education: [{id: a}]}\n", f"{{roles: [{FLOW}], education: [{{id: a}}]}}\n"),
        ("{education: [{id: a}]}\n", f"{{education: [{{id: a}}], roles: [{FLOW}]}}\n"),
        ("roles:\n- id: a\n- id: b\n", f"roles:\n- id: a\n- id: b\n{BLOCK}"),
        (
            "roles:\n  - id: a\n    # its end\n\n# Schools\neducation: []\n",
            f"roles:\n  - id: a\n    # its end\n\n{INDENTED}\n# Schools\neducation: []\n",
        ),
        ("roles:\n  - id: a  # no line end", f"roles:\n  - id: a  # no line end\n\n{INDENTED}"),
        (
            "roles:\n  - id: a\n    text: >\n      # no comment\n...\n",
            f"roles:\n  - id: a\n    text: >\n      # no comment\n\n{INDENTED}...\n",
        ),
        # The blank lines are part of the text.
        (
            "roles:\n  - id: a\n    text: |+\n      x\n\n\neducation: []\n",
            f"roles:\n  - id: a\n    text: |+\n      x\n\n\n{INDENTED}education: []\n",
        ),
        # The only item of a list without the list.
        ("roles: {id: a}\n", f"roles: [{{id: a}}, {FLOW}]\n"),
        ("roles: 'a'  # first\n", f"roles: ['a', {FLOW}]  # first\n"),
        (
            "roles:\n  id: a\n  text: |\n    x\n\n    y\n\n# Schools\neducation: []\n",
            f"roles:\n  - id: a\n    text: |\n      x\n\n      y\n\n{INDENTED}\n# Schools\neducation: []\n",
        ),
        ("education: []\n...\n", f"education: []\n\nroles:\n{INDENTED}...\n"),
        ("  education: []\n", f"  education: []\n\n  roles:\n{textwrap.indent(BLOCK, '    ')}"),
    ],
)
def test_items_are_inserted_where_their_list_ends(text: str, expected: str) -> None:
    assert append_items(text, ("roles",), ITEMS) == expected


def test_items_have_blank_lines_between_them_as_those_before() -> None:
    items = [{"id": "c"}, {"id": "d"}]
    assert append_items("roles:\n- id: a\n\n- id: b\n", ("roles",), items) == (
        "roles:\n- id: a\n\n- id: b\n\n- id: c\n\n- id: d\n"
    )


def test_a_long_text_is_folded_into_lines() -> None:
    text = append_items("", ("roles",), [{"summary": "Measured bridges. " * 9 + "Done."}])
    assert text == (
        "roles:\n"
        "  - summary: >-\n"
        f"      {'Measured bridges. ' * 5}Measured\n"
        f"      bridges. {'Measured bridges. ' * 3}Done.\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "- id: a\n",
        "roles: a, b\n",
        "roles: >-\n  text\n",
        "roles: [\n",
        "roles: []\nroles: []\n",
        "a: 1\n---\nb: 2\n",
        # The list is also that of another key.
        "roles: &a\n  - id: q\neducation: *a\n",
    ],
)
def test_nothing_is_added_where_that_changes_something_else(text: str) -> None:
    assert append_items(text, ("roles",), ITEMS) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "sections:\n  - title: A\n    entries:\n      - name: a\n\n  # Second\n  - title: B\n",
            "sections:\n  - title: A\n    entries:\n      - name: a\n\n      - name: new\n"
            "\n  # Second\n  - title: B\n",
        ),
        (
            "sections:\n  - title: A\n    entries: []\n  - title: B\n",
            "sections:\n  - title: A\n    entries:\n      - name: new\n  - title: B\n",
        ),
        (
            "sections:\n  - title: A\n  - title: B\n",
            "sections:\n  - title: A\n    entries:\n      - name: new\n  - title: B\n",
        ),
        (
            "sections:\n  - {title: A}\n",
            "sections:\n  - {title: A, entries: [{name: new}]}\n",
        ),
    ],
)
def test_items_are_added_to_a_list_in_an_item(text: str, expected: str) -> None:
    assert append_items(text, ("sections", 0, "entries"), [{"name": "new"}]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "email:\n  value: a\n  show: []\ndate: 2019\n"),
        ("# Mine\n", "# Mine\n\nemail:\n  value: a\n  show: []\ndate: 2019\n"),
        ("{}\n", "\nemail:\n  value: a\n  show: []\ndate: 2019\n"),
        ("name: A  # me\n", "name: A  # me\n\nemail:\n  value: a\n  show: []\ndate: 2019\n"),
        ("{name: A}\n", "{name: A, email: {value: a, show: []}, date: 2019}\n"),
        ("email: b\n", None),
        ("- a\n", None),
        ("name: [\n", None),
    ],
)
def test_keys_are_added_at_the_end(text: str, expected: str | None) -> None:
    assert add_keys(text, {"email": {"value": "a", "show": []}, "date": "2019"}) == expected


_TEXTS = st.text(min_size=1, max_size=100) | st.sampled_from(
    [
        "null",
        "yes",
        "2019",
        "2019-05-17",
        "- a",
        "a: b",
        "#",
        "a # b",
        "'",
        '"',
        "...",
        "---",
        "\x85",
        "a\u2028b",
    ]
)
_ITEMS = st.lists(
    st.dictionaries(
        st.sampled_from(["id", "date", "summary"]), _TEXTS | st.lists(_TEXTS, min_size=1), min_size=1
    ),
    min_size=1,
    max_size=3,
)


@given(_ITEMS, _ITEMS, st.sampled_from(["", "\n# a comment\nsoftware: []\n", "\n\n...\n"]))
def test_any_items_can_be_loaded_again(
    first: list[dict[str, object]], more: list[dict[str, object]], tail: str
) -> None:
    text = append_items("# Mine\nroles: []", ("roles",), first)
    assert text is not None
    text = append_items(text.rstrip("\n") + tail, ("roles",), more)
    assert text is not None
    document, problems = load_yaml("career.yml", text)
    assert (document.data["roles"], problems) == ([*first, *more], [])


def test_items_are_added_inside_an_item_that_has_no_list() -> None:
    text = "sections:\n  title: Press\n  entries: {name: a}\n"
    assert append_items(text, ("sections", 0, "entries"), [{"name": "b"}]) == (
        "sections:\n  - title: Press\n    entries: [{name: a}, {name: b}]\n"
    )
