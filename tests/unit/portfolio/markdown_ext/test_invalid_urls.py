import pytest
from markdown import Markdown

from portfolio.markdown_ext.invalid_urls import InvalidUrlExtension


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("[*x*](http://[::1/) y", "<p><span><em>x</em></span> y</p>"),
        ("a ![It](http://[::1/a.png 'T') b", "<p>a <span>It</span> b</p>"),
        ("[x](http://[::1]/)", '<p><a href="http://[::1]/">x</a></p>'),
    ],
)
def test_links_with_invalid_urls_become_text(source: str, html: str) -> None:
    assert Markdown(extensions=[InvalidUrlExtension()]).convert(source) == html
