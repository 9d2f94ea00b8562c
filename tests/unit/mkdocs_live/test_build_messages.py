import logging
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from mkdocs.exceptions import Abort, PluginError

from mkdocs_live.build_messages import BuildMessage, CapturedOutput

POST = "---\ndate: [\nslug: a\n---\n\n# A\n\nSee [this](no.md).\n"
BROKEN_LINK = "Doc file 'posts/a.md' contains a link 'no.md', but the target 'posts/no.md' is not found."
log = logging.getLogger("mkdocs.test")


@dataclass
class Diagnostic:
    path: str
    line: int
    column: int
    field: str
    message: str
    hint: str
    code: str


DIAGNOSTIC = Diagnostic(
    "docs/a.yml", 2, 3, "roles[0]", "no 'x' in 'b.md:7: c'.", "Did you mean 'y'?", "record.unknown"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "posts").mkdir(parents=True)
    (tmp_path / "docs" / "posts" / "a.md").write_text(POST)
    (tmp_path / "mkdocs.yml").write_text("site_name: A\nplugins:\n  - search\n  - nosuch\n")
    return tmp_path


def _messages(root: Path, *logged: object, page: str = "") -> tuple[BuildMessage, ...]:
    with CapturedOutput(root) as captured:
        for item in logged:
            log.warning("%s", item, extra={} if isinstance(item, str) else {"diagnostic": item})
    return captured.messages(root / "docs", page)


def _define(path: Path, source: str) -> dict[str, Callable[..., Any]]:
    """Write a hook, and return its functions."""
    path.write_text(source)
    names: dict[str, Any] = {}
    exec(compile(source, str(path), "exec"), names)  # noqa: S102 - the hook above
    return names


def _captured(root: Path, function: Callable[..., Any], *arguments: object) -> CapturedOutput:
    with CapturedOutput(root) as captured:
        function(*arguments)
    return captured


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "docs/data/career.yml:3:5: roles: expected a list.",
            BuildMessage("docs/data/career.yml", 3, 5, "roles: expected a list."),
        ),
        (
            "Doc file 'notes/a.md' contains a link 'b.md'.",
            BuildMessage("notes/a.md", 0, 0, "Doc file 'notes/a.md' contains a link 'b.md'."),
        ),
        (
            'Error: mapping values are not allowed here\n  in "mkdocs.yml", line 7, column 12',
            BuildMessage(
                "mkdocs.yml",
                7,
                12,
                'Error: mapping values are not allowed here\n  in "mkdocs.yml", line 7, column 12',
            ),
        ),
        ("Something.", BuildMessage("", 0, 0, "Something.")),
    ],
)
def test_from_text_parses_the_place(text: str, message: BuildMessage) -> None:
    assert BuildMessage.from_text(text) == message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (BROKEN_LINK, ("docs/posts/a.md", 8, 12)),
        (
            "Error reading metadata of post 'posts/a.md' in 'docs':\nwhile parsing\n"
            '  in "<unicode string>", line 1, column 7:\n    date: [',
            ("docs/posts/a.md", 2, 7),
        ),
        ("docs/posts/a.md:3:5: slug: what?", ("docs/posts/a.md", 3, 5)),
        ("Config value 'plugins': The \"nosuch\" plugin is not installed", ("mkdocs.yml", 4, 5)),
        ("Config value 'site_nome': is not known", ("mkdocs.yml", 0, 0)),
        ("Doc file 'posts/b.md' contains a link 'no.md'.", ("posts/b.md", 0, 0)),
        ("Something.", ("", 0, 0)),
    ],
)
def test_a_text_is_located_in_the_project(root: Path, text: str, place: tuple[str, int, int]) -> None:
    (message,) = _messages(root, text, text)
    assert (message.path, message.line, message.column) == place


def test_an_absolute_path_becomes_relative_to_the_project(root: Path) -> None:
    messages = _messages(root, f"{root / 'mkdocs.yml'}:2:1: no")
    assert messages == (BuildMessage("mkdocs.yml", 2, 1, "no"),)


def test_an_unreadable_file_leaves_the_line_unknown(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    (message,) = _messages(root, BROKEN_LINK)
    assert (message.path, message.line) == ("docs/posts/a.md", 0)


def test_a_diagnostic_keeps_its_fields(root: Path) -> None:
    (message,) = _messages(root, DIAGNOSTIC, DIAGNOSTIC)
    fields = {name: getattr(message, name) for name in vars(DIAGNOSTIC)}
    assert fields == vars(DIAGNOSTIC) == message.as_dict()
    # Also in another process.
    assert pickle.loads(pickle.dumps(message)).as_dict() == vars(DIAGNOSTIC)  # noqa: S301 - from above


def test_a_diagnostic_without_a_line_is_not_searched_for(root: Path) -> None:
    diagnostic = replace(DIAGNOSTIC, path="docs/posts/a.md", line=0, column=0, message="no 'slug'.")
    (message,) = _messages(root, diagnostic)
    assert (message.line, message.column) == (0, 0)


def test_a_diagnostic_is_printed_as_its_line(root: Path) -> None:
    (message,) = _messages(root, replace(DIAGNOSTIC, message="one\n  two."))
    assert str(message) == "docs/a.yml:2:3: roles[0]: one two. Did you mean 'y'?"
    (message,) = _messages(root, replace(DIAGNOSTIC, field="", hint=""))
    assert str(message) == "docs/a.yml:2:3: no 'x' in 'b.md:7: c'."


def test_mkdocs_report_of_a_link_that_a_hook_reports_is_dropped(root: Path) -> None:
    by_hook = replace(
        DIAGNOSTIC, path="docs/posts/a.md", line=8, field="link", message="there is no 'no.md'."
    )
    assert [message.field for message in _messages(root, by_hook, BROKEN_LINK)] == ["link"]
    elsewhere = replace(by_hook, line=3)
    assert [message.line for message in _messages(root, elsewhere, BROKEN_LINK)] == [3]
    other = replace(by_hook, line=3, message="there is no 'else.md'.")
    assert len(_messages(root, other, BROKEN_LINK)) == 2


def test_an_error_of_a_plugin_is_dropped_if_a_diagnostic_says_the_same(root: Path) -> None:
    found = replace(DIAGNOSTIC, path="docs/posts/a.md", line=4, message="there is no 'jo' in .authors.yml.")
    with CapturedOutput(root) as captured:
        log.warning("%s", found, extra={"diagnostic": found})
        log.error("Error reading metadata of post 'posts/a.md': Expected type: <class 'datetime.date'>")
        # The text does not name the file, and has an apostrophe.
        log.error("Couldn't find author 'jo'")
        log.error("Couldn't find author 'ann'")
    messages = captured.messages(root / "docs")
    assert [message.message for message in messages] == [found.message, "Couldn't find author 'ann'"]


def test_an_error_without_a_place_is_shown_only_if_there_is_no_diagnostic(root: Path) -> None:
    for level, expected in ((logging.ERROR, [DIAGNOSTIC.message]), (logging.INFO, ["OSError: full"])):
        with CapturedOutput(root) as captured:
            log.log(level, "%s", DIAGNOSTIC, extra={"diagnostic": DIAGNOSTIC})
            raise OSError("full")
        messages = captured.messages(root / "docs")
        assert [message.message for message in messages] == expected


def test_two_rules_that_find_the_same_fault_give_one_message(root: Path) -> None:
    assert len(_messages(root, DIAGNOSTIC, replace(DIAGNOSTIC, field="links", code="link.broken"))) == 1


def test_log_lines_and_the_exception_are_collected(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mkdocs")
    hook = _define(root / "hook.py", "def fail():\n    raise KeyError('a')\n")
    with CapturedOutput(root) as captured:
        log.warning("a.md:1:2: %s", "strange")
        log.warning("a.md:1:2: strange")
        logging.getLogger("mkdocs.hooks.test").info("a note")
        hook["fail"]()
    first, second = captured.messages(root / "docs")
    assert first == BuildMessage("a.md", 1, 2, "strange")
    assert second == BuildMessage("hook.py", 2, 5, "KeyError: 'a'")
    assert [first.level, second.level] == [logging.WARNING, logging.ERROR]
    assert captured.notes == ["a note"]
    assert not captured.has_errors


def test_a_syntax_error_is_located_in_the_code(root: Path) -> None:
    captured = _captured(root, compile, "a = (\n", str(root / "hook.py"), "exec")
    (message,) = captured.messages(root / "docs")
    assert (message.path, message.line, message.column) == ("hook.py", 1, 5)
    assert message.message == "SyntaxError: '(' was never closed"


def test_an_error_that_a_package_raises_for_a_page_is_located_in_the_page(root: Path) -> None:
    hook = _define(
        root / "hook.py",
        "import json\n\ndef fail(text):\n    json.loads(text)\n\ndef own():\n    raise ValueError('no.md')\n",
    )
    captured = _captured(root, hook["fail"], "[")
    (message,) = captured.messages(root / "docs", "posts/a.md")
    assert message.path == "docs/posts/a.md"
    (message,) = captured.messages(root / "docs")
    assert (message.path, message.line) == ("hook.py", 4)
    (message,) = _captured(root, hook["own"]).messages(root / "docs", "posts/a.md")
    assert (message.path, message.hint) == ("docs/posts/a.md", "Raised at hook.py:7.")


def test_an_exit_is_located_in_the_hook_that_called_it(root: Path) -> None:
    hook = _define(root / "hook.py", "import sys\n\ndef leave():\n    sys.exit('No data.')\n")
    with CapturedOutput(root) as captured:
        log.warning("a.md:1:2: strange")
        hook["leave"]()
    expected = BuildMessage("a.md", 1, 2, "strange"), BuildMessage("hook.py", 4, 5, "SystemExit: No data.")
    assert captured.messages(root / "docs") == expected


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit])
def test_an_interrupt_is_not_caught(root: Path, error: type[BaseException]) -> None:
    handlers = list(logging.getLogger("mkdocs").handlers)
    with pytest.raises(error), CapturedOutput(root):
        raise error
    assert logging.getLogger("mkdocs").handlers == handlers


def test_an_error_that_mkdocs_logs_with_its_page_is_reported_there(root: Path) -> None:
    hook = _define(root / "hook.py", "def fail():\n    open('x' * 300)\n")
    with CapturedOutput(root) as captured:
        try:
            hook["fail"]()
        except OSError as error:
            log.error("Error building page 'posts/a.md': %s", error)  # noqa: TRY400 - as MkDocs does
            raise
    (message,) = captured.messages(root / "docs")
    assert message.path == "docs/posts/a.md"
    assert "File name too long" in message.message


def _fail(error: Exception, logged: str, level: int) -> None:
    log.log(level, "%s", logged)
    raise error


def test_an_error_that_mkdocs_has_logged_is_reported_once(root: Path) -> None:
    captured = _captured(root, _fail, Abort("Aborted with 1 warning"), "strange", logging.WARNING)
    assert [message.message for message in captured.messages(root)] == ["strange"]
    captured = _captured(root, _fail, PluginError("It failed."), "strange", logging.ERROR)
    assert [message.message for message in captured.messages(root)] == ["strange"]


def test_an_error_of_a_plugin_is_reported_beside_warnings(root: Path) -> None:
    captured = _captured(root, _fail, PluginError("It failed."), "strange", logging.WARNING)
    assert [message.message for message in captured.messages(root)] == ["strange", "It failed."]


def test_text_before_a_line_number_may_be_too_long_for_a_path(root: Path) -> None:
    text = "A formula " + "x" * 5000
    assert _messages(root, f"{text}:12: is wrong.") == (BuildMessage(text, 12, 0, "is wrong."),)
