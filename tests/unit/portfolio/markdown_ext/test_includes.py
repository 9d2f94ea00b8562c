"""What cannot be included: one diagnostic at the line of the page that includes it."""

import os
from pathlib import Path

import pytest

from portfolio.core.markdown_scan import MarkdownSource
from portfolio.markdown_ext.render_errors import to_diagnostics
from tests.support import converting

FILES = {
    "code.py": "a = 1\nb = 2\n",
    "sections.md": "# --8<-- [start:main]\nText.\n# --8<-- [end:main]\n",
    "outer.md": 'Before.\n\n--8<-- "nothing.txt"\n',
    "self.md": '--8<-- "self.md"\n',
    "first.md": '--8<-- "second.md"\n',
    "second.md": '--8<-- "first.md"\n',
    "folder/a.md": "Text.\n",
    ".git/config": "Text.\n",
}
NOT_PART = "is not part of the project. Copy what you want to include."


def lines(root: Path, text: str) -> list[str]:
    """The diagnostics of a page that includes files below ``root``."""
    for name, content in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    (root / "binary.md").write_bytes(b"\x89PNG\xff\xfe\x00")
    os.mkfifo(root / "pipe")
    (root / "elsewhere").symlink_to("/etc/hostname")
    page = f"---\ntitle: T\n---\n\n# Title\n\n{text}\n"
    converted = converting.conversions(root).convert("a.md", MarkdownSource(page).text)
    return [str(diagnostic) for diagnostic in to_diagnostics(converted.errors, page, "a.md")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('--8<-- "nothing.txt"', "7:9: include: there is no 'nothing.txt' to include."),
        ('--8<-- "cod.py"', "7:9: include: there is no 'cod.py' to include. Did you mean 'code.py'?"),
        ('--8<-- "../up.py"', "7:9: include: there is no '../up.py' to include."),
        ("--8<--\n\nnothing.txt\n--8<--", "9:1: include: there is no 'nothing.txt' to include."),
        (
            '--8<-- "outer.md"',
            "7:9: include: in outer.md, which this includes: there is no 'nothing.txt' to include.",
        ),
        (
            '--8<-- "sections.md:mian"',
            "7:9: include: the file has no section 'mian'. Did you mean 'main'?",
        ),
        (
            '--8<-- "code.py:other"',
            "7:9: include: the file has no section 'other'. A section begins with '--8<-- [start:other]'.",
        ),
        (
            '--8<-- "https://example.org/a.md"',
            "7:9: include: 'https://example.org/a.md' is a URL. Save the file in this project.",
        ),
        ('--8<-- "code.py:5:9"', "7:9: include: 'code.py' has no line 5; its last is 2."),
        ('--8<-- "code.py:1:9"', "7:9: include: 'code.py' has no line 9; its last is 2."),
        ('--8<-- "binary.md"', "7:9: include: 'binary.md' is not a text file. Save it as UTF-8."),
        ('--8<-- "folder"', "7:9: include: 'folder' is a folder. Write the path of a text file."),
        ('--8<-- "elsewhere"', f"7:9: include: 'elsewhere' {NOT_PART}"),
        ('--8<-- ".git/config"', f"7:9: include: '.git/config' {NOT_PART}"),
        ('--8<-- "pipe"', "7:9: include: 'pipe' is not a regular file. Write the path of a text file."),
        (
            '--8<-- "self.md"',
            "7:9: include: in self.md, which this includes: 'self.md' includes itself. Remove this line.",
        ),
        (
            '--8<-- "first.md"',
            "7:9: include: in second.md, which this includes: 'first.md' includes itself. Remove this line.",
        ),
        ('--8<-- ":3"', "7:9: include: ':3' names no file. Write the path of a text file."),
    ],
)
def test_an_include_that_does_not_work_has_one_diagnostic(tmp_path: Path, text: str, message: str) -> None:
    assert lines(tmp_path, text) == [f"a.md:{message}"]


def test_what_can_be_included_is_included(tmp_path: Path) -> None:
    text = '--8<-- "code.py:2:2"\n\n--8<-- "sections.md:main"\n\n;--8<-- "nothing.txt"\n\n--8<-- "code.py::1"'
    assert lines(tmp_path, text) == []
    converted = converting.conversions(tmp_path).convert("a.md", text)
    words = [line for line in converted.text.splitlines() if line]
    assert [words[0], words[1], words[-1]] == ["b = 2", "Text.", "a = 1"]


def test_files_that_include_one_another_do_not_grow_without_end(tmp_path: Path) -> None:
    for number in range(40):
        text = f'--8<-- "part{number + 1}.md"\n' * 2
        (tmp_path / f"part{number}.md").write_text(f"{'x' * 1000}\n{text}", encoding="utf-8")
    (tmp_path / "part40.md").write_text("The end.\n", encoding="utf-8")
    errors = lines(tmp_path, '--8<-- "part0.md"')
    assert len(errors) == 1
    assert errors[0].startswith("a.md:7:9: include: in part")
    assert errors[0].endswith("makes the page too large. A page can include 2 MB.")
