"""This site, with all of its hooks, is the same with what was kept and from nothing, after several edits."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support import persona, project
from tests.support.edited import compared, tree

LINE = re.compile(r"^ *- hooks/incrementally\.py.*\n", re.MULTILINE)
ENV = {"SOURCE_DATE_EPOCH": "1795440000"}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def warnings(log: str) -> list[str]:
    return [line for line in log.splitlines() if line.startswith(("WARNING", "ERROR"))]


def difference(root: Path) -> list[str]:
    """What the site with the hook has in another way than the site without its line in ``mkdocs.yml``."""
    text = (root / "mkdocs.yml").read_text(encoding="utf-8")
    assert len(LINE.findall(text)) == 1
    (root / "off.yml").write_text(LINE.sub("", text), encoding="utf-8")
    on = project.mkdocs(root, "build", "-f", "mkdocs.yml", "--site-dir", root / "site", env=ENV)
    off = project.mkdocs(root, "build", "-f", "off.yml", "--site-dir", root / "off", env=ENV)
    assert off.returncode == on.returncode == 0, on.stderr
    assert warnings(on.stderr) == warnings(off.stderr)
    return compared(tree(root / "site"), tree(root / "off"))


EDITS: list[tuple[str, str, str]] = [
    ("docs/notes/posts/expansion.md", "It needs", "It often needs"),
    ("docs/notes/posts/cables.md", "# Why a cable", "# How a cable"),
    ("docs/data/references.bib", "hooke1676,", "hooke1676, note = {Old},"),
    ("overrides/partials/footer.html", "Feeds", "All feeds"),
    ("hooks/typesetting/citations.py", '= "References"', '= "Works"'),
]


def test_the_site_is_the_same_whatever_is_edited(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    found = {"as it was": difference(root), "as it was, again": difference(root)}
    for name, old, new in EDITS:
        change(root / name, old, new)
        found[f"{name}: {new}"] = difference(root)
    posts = root / "docs/notes/posts"
    text = (posts / "expansion.md").read_text(encoding="utf-8").replace("slug: expansion", "slug: another")
    (posts / "another.md").write_text(text.replace("for the summer", "for the winter"), encoding="utf-8")
    found["a new post"] = difference(root)
    assert {name: lines for name, lines in found.items() if lines} == {}
