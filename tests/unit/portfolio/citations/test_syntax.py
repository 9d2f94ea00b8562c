"""Citations as they are written."""

import pytest

from portfolio.citations.syntax import Cite, parse


@pytest.mark.parametrize(
    ("inner", "cites"),
    [
        ("@key", [Cite("key")]),
        ("@key, p. 3", [Cite("key", "page", "3")]),
        ("@key, pp. 3-5, 7", [Cite("key", "page", "3-5, 7")]),
        ("@key, 33", [Cite("key", "page", "33")]),
        ("@key, p. 3--5", [Cite("key", "page", "3–5")]),
        ("@key, pp. iv–vi", [Cite("key", "", "pp. iv–vi")]),
        ("@key, p. iv", [Cite("key", "page", "iv")]),
        ("@key, p.3", [Cite("key", "page", "3")]),
        ("@key, n.d.", [Cite("key", "", "n.d.")]),
        ("@key, § 4", [Cite("key", "section", "4")]),
        ("@key, chap. 4", [Cite("key", "chapter", "4")]),
        ("@key, see there", [Cite("key", "", "see there")]),
        ("@a; @b, fig. 2", [Cite("a"), Cite("b", "figure", "2")]),
        ("@doi:10.1/x_y", [Cite("doi:10.1/x_y")]),
        ("@ключ", [Cite("ключ")]),
        ("@", None),
        ("@a b", None),
        ("@a; b", None),
        ("@a;", None),
        ("@a, ", [Cite("a")]),
    ],
)
def test_what_is_a_citation(inner: str, cites: list[Cite] | None) -> None:
    assert parse(inner) == cites
