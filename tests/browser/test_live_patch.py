"""A page that the preview patches is equal to the page that a reload would show."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from tests.support import project
from tests.support.browsing import NewPage

CLIENT = project.ROOT / "hooks" / "mkdocs_live" / "client"
PATCH = CLIENT / "patch.js"
POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'self'\">"
PROBLEM = {"path": "a.md", "line": 1, "column": 2, "message": "a\n  b", "hint": "c", "code": "d.e"}
# Patches the page; returns whether it is as expected, or null if it has to be reloaded. `source` and
# `expected` are passed where a script has changed the page, so that it differs from its source.
APPLY_PATCH = """([live, after, source, expected]) => {
    document.documentElement.innerHTML = live;
    const steps = diffPages(parsePage(source ?? live), parsePage(after));
    steps?.forEach((step) => step());
    const page = new DOMParser().parseFromString(expected ?? after, "text/html");
    return steps && document.documentElement.isEqualNode(page.documentElement);
}"""
WORDS = st.sampled_from(
    ["one", "two & three", "<b>four</b>", '<a href="#a">five</a>', '<i class="x">six</i>']
)
LEAVES = WORDS.map(lambda word: f"<p>{word}</p>") | WORDS.map(lambda word: f'<h2 id="a">{word}</h2>')
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=6).flatmap(
        lambda blocks: st.sampled_from(["div", "section", "ul", "pre", "nav"]).map(
            lambda name: f"<{name}>{''.join(blocks)}</{name}>"
        )
    ),
    max_leaves=20,
)
BODIES = st.lists(BLOCKS, max_size=8).map("\n".join)


def _document(body: str, head: str = "<title>A</title>") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


@pytest.fixture
def page(new_page: NewPage) -> Page:
    page = new_page()
    page.set_content(_document(""))
    page.add_script_tag(content=Path(PATCH).read_text(encoding="utf-8"))
    return page


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(before=BODIES, after=BODIES)
def test_a_patched_page_equals_a_reloaded_page(page: Page, before: str, after: str) -> None:
    assert page.evaluate(APPLY_PATCH, [_document(before), _document(after)]) in (True, None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a</p><p>b</p>", "<p>a</p><p>new</p><p>b</p>"),
        ("<p>a</p><pre>x</pre><p>b</p>", "<p>A</p><pre>x</pre><p>b</p><p>c</p>"),
        ("<p>a</p><h2>h</h2><pre>x</pre><p>b</p>", "<h2>H</h2><pre>x</pre>"),
        ("<nav><a href=a>A</a></nav>", "<nav><a href=b>B</a></nav>"),
        ('<img src="a.png" width="1">', '<img src="a.png" width="2" height="3">'),
        ("<pre><code>a <b>b</b></code></pre>", "<pre><code>a <b>c</b></code></pre>"),
    ],
)
def test_changes_of_text_are_patched(page: Page, before: str, after: str) -> None:
    new = _document(after, "<meta name=description content=x><title>B</title>")
    # The order in the head, which has no effect, may differ.
    assert page.evaluate(APPLY_PATCH, [_document(before), _document(after)]) is True
    assert page.evaluate(APPLY_PATCH, [_document(before), new, None, None]) is not None
    assert page.title() == "B"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a</p>", "<p>a</p><pre>code</pre>"),
        ("<p>a</p>", "<p>a</p><div class=tabbed-set></div>"),
        ("<script>1</script>", "<script>2</script>"),
        ("<nav><p>a</p></nav>", "<nav><p>a</p><p>b</p></nav>"),
        ("<p>a</p>", "<table><tr><td>a</table>"),
    ],
)
def test_elements_that_scripts_manage_need_a_reload(page: Page, before: str, after: str) -> None:
    assert page.evaluate(APPLY_PATCH, [_document(before), _document(after)]) is None


@pytest.mark.parametrize(
    "head",
    [
        "<style>p {}</style>",
        '<link rel="stylesheet" href="a.css">',
        '<meta http-equiv="Content-Security-Policy" content="img-src *">',
    ],
)
def test_new_styles_and_policies_need_a_reload(page: Page, head: str) -> None:
    after = _document("<p>b</p>", head)
    assert page.evaluate(APPLY_PATCH, [_document("<p>a</p>", "<title>A</title>"), after]) is None


def test_the_overlay_has_its_styles_under_a_strict_policy(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/*", lambda route: route.fulfill(content_type="text/html", body=f"{POLICY}<p>a"))
    page.goto("http://site.example/")
    page.evaluate((CLIENT / "overlay.js").read_text(encoding="utf-8") + "\nwindow.show = showProblems; true")
    page.evaluate("problems => show(problems)", [PROBLEM])
    assert (
        page.get_by_role("dialog", name="1 problem").evaluate("e => getComputedStyle(e).borderRadius")
        == "4px"
    )
    assert new_page.record(page).errors == []


def test_changes_made_by_a_script_stay(page: Page) -> None:
    source = _document("<div><p>a</p><p>b</p></div>")
    live = _document("<div><p>a</p><p>b<button>copy</button></p></div><aside></aside>")
    # An element beside the one that a script changed is patched; that element itself is not.
    expected = _document("<div><p>A</p><p>b<button>copy</button></p></div><aside></aside>")
    assert page.evaluate(APPLY_PATCH, [live, source.replace("<p>a", "<p>A"), source, expected]) is True
    assert page.evaluate(APPLY_PATCH, [live, source.replace("<p>b", "<p>B"), source, expected]) is None
