from xml.etree import ElementTree

import pytest

from portfolio.images.image_info import ImageError
from portfolio.images.svg_sanitizer import sanitize_svg, sanitize_svg_text


def test_sanitize_svg_returns_harmless_files_unchanged() -> None:
    content = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><rect fill="red"/></svg>'
    assert sanitize_svg(content) == content


@pytest.mark.parametrize(
    "part",
    [
        "<script>1</script>",
        '<rect onclick="x()"/>',
        '<rect\nonload="x()"/>',
        '<a href="javascript:x()"><rect/></a>',
        '<image href="https://example.org/x.png"/>',
        '<rect style="fill:url(https://example.org/x)"/>',
        "<foreignObject><p>x</p></foreignObject>",
        '<s:script xmlns:s="http://www.w3.org/2000/svg">1</s:script>',
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">1</h:script>',
        '<image href = "https://example.org/x.png"/>',
        '<image x:href\n="https://example.org/x.png" xmlns:x="http://www.w3.org/1999/xlink"/>',
        '<rect fill="url( https://example.org/x )"/>',
        "<style>rect{fill:\\75rl(//example.org)}</style>",
        "<rect style=\"fill:image-set('//example.org/x' 1x)\"/>",
        '<a><set attributeName="href" to="javascript:1"/></a>',
        '<handler type="application/ecmascript">x()</handler>',
        '<listener event="click" handler="#x"/>',
    ],
)
def test_sanitize_svg_removes_what_runs_or_loads(part: str) -> None:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><circle r="1"/>{part}</svg>'
    prefixed = (
        f'<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><s:circle r="1"/>{part}</s:svg>'
    )
    for content in (text.encode(), text.encode("utf-16"), prefixed.encode()):
        copy = sanitize_svg(content)
        assert b"circle" in copy
        for word in (b"script", b"onclick", b"onload", b"example.org", b"foreignObject", b"handler"):
            assert word not in copy
        assert sanitize_svg(copy) == copy


@pytest.mark.parametrize(
    "before",
    [
        '<?xml version="1.0"?><?xml-stylesheet href="https://example.org/a.css"?>',
        '<!DOCTYPE svg [<!ATTLIST circle onclick CDATA "x()">]>',
    ],
)
def test_sanitize_svg_removes_instructions_and_declarations_before_the_root(before: str) -> None:
    content = (
        f'{before}<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><circle r="1"/></svg>'.encode()
    )
    copy = sanitize_svg(content)
    assert b"<circle" in copy
    assert b"example.org" not in copy
    assert b"onclick" not in copy


def _svg(content: str) -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 90 30">{content}</svg>'
    ).encode()


def _words(content: bytes) -> list[str]:
    return " ".join(ElementTree.fromstring(content).itertext()).split()


def test_sanitize_svg_returns_a_file_with_harmless_labels_unchanged() -> None:
    """As mermaid-cli writes labels."""
    content = _svg(
        '<rect width="80" height="20"/><g class="label"><foreignObject width="80" height="20">'
        '<div xmlns="http://www.w3.org/1999/xhtml" style="display: table-cell"><span class="nodeLabel">'
        "<p>Start<br/>here</p></span></div></foreignObject></g>"
    )
    assert sanitize_svg(content) == content


@pytest.mark.parametrize(
    "part",
    [
        '<a href="https://example.org/">in</a>',
        '<b onclick="x()">in</b>',
        "in<script>x()</script>",
        'in<iframe src="https://example.org/"/>',
        'in<img src="https://example.org/"/>',
        'in<style>@import "https://example.org/"</style>',
        'in<input value="example.org"/>',
        '<p style="background:url(https://example.org/)">in</p>',
        '<custom-label example.org="1">in</custom-label>',
        'in<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>',
    ],
)
def test_sanitize_svg_reduces_labels_to_text(part: str) -> None:
    label = (
        '<switch><foreignObject width="80" height="20"><div xmlns="http://www.w3.org/1999/xhtml">'
        f"<b>one</b> {part} two</div></foreignObject><text>fallback</text></switch>"
    )
    copy = sanitize_svg(_svg(f'{label}<a xlink:href="https://example.org/"><text>after</text></a>{label}'))
    labels = ["one", "in", "two", "fallback"]
    assert _words(copy) == [*labels, "after", *labels]
    for word in (b"script", b"onclick", b"example", b"iframe", b"import", b"custom", b"<img", b"input"):
        assert word not in copy
    assert sanitize_svg(copy) == copy


def test_sanitize_svg_adds_the_namespace_that_browsers_need() -> None:
    copy = sanitize_svg(b'<svg viewBox="0 0 9 9"><g><circle r="5"/></g></svg>')
    root = ElementTree.fromstring(copy)
    assert {element.tag for element in root.iter()} == {
        f"{{http://www.w3.org/2000/svg}}{name}" for name in ("svg", "g", "circle")
    }
    assert sanitize_svg(copy) == copy


def test_sanitize_svg_expands_the_entities_of_illustrator() -> None:
    copy = sanitize_svg(
        b"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
\t<!ENTITY ns_svg "http://www.w3.org/2000/svg">
\t<!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
]>
<svg xmlns="&ns_svg;" xmlns:i="&ns_ai;" viewBox="0 0 9 9"><switch><foreignObject requiredExtensions="&ns_ai;">
<i:pgfRef href="#pgf"/></foreignObject><g i:extraneous="self"><rect width="9"/></g></switch></svg>"""
    )
    root = ElementTree.fromstring(copy)
    assert [element.tag.rpartition("}")[2] for element in root.iter()] == ["svg", "switch", "g", "rect"]
    assert b"ENTITY" not in copy
    assert sanitize_svg(copy) == copy


def test_sanitize_svg_text_removes_what_runs_or_loads() -> None:
    svg = sanitize_svg_text(
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/a.dtd">'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"'
        ' onload="a()"><script>a()</script><defs><path id="p" d="M0 0"/></defs><use xlink:href="#p"/>'
        '<a href="javascript:a()"><text>t</text></a><image href="https://other.example/a.png"/>'
        "<style>@import url(//other.example)</style><style>path{fill:red}</style><foreignObject/>"
        '<set attributeName="onclick" to="a()"/><animate attributeName="xlink:href" to="javascript:a()"/>'
        "</svg>"
    )
    root = ElementTree.fromstring(svg)
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert tags == ["svg", "defs", "path", "use", "a", "text", "image", "style"]
    assert [word for word in ("other.example", "javascript", "onload") if word in svg] == []
    assert root.get("viewBox") == "0 0 9 9"
    assert "#p" in svg


@pytest.mark.parametrize(
    "svg",
    ["", "<svg", '<svg xmlns="urn:other"/>', "<!DOCTYPE svg [<!ENTITY a SYSTEM 'b'>]><svg/>", "<html/>"],
)
def test_sanitize_svg_text_rejects_other_xml(svg: str) -> None:
    with pytest.raises(ImageError, match="SVG"):
        sanitize_svg_text(svg)


def test_text_beside_a_removed_element_remains() -> None:
    copy = sanitize_svg(_svg("<text>Before <script>1</script> and <script>2</script> after</text>"))
    assert _words(copy) == ["Before", "and", "after"]
    assert _words(sanitize_svg(_svg("<text><script>1</script> after</text>"))) == ["after"]


def test_sanitize_svg_writes_utf_8() -> None:
    content = b'<?xml version="1.0" encoding="latin-1"?>' + _svg("<text>\u00e9</text>").decode().encode(
        "latin-1"
    )
    assert _words(sanitize_svg(content).decode("utf-8").encode()) == ["\u00e9"]
