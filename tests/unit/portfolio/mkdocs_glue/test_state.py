"""The state that hooks share, and how they log diagnostics."""

import logging
from dataclasses import replace

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from portfolio.core.diagnostics import Diagnostic
from portfolio.mkdocs_glue.state import log_diagnostic, log_unreported, require_record, site_state

DIAGNOSTIC = Diagnostic("docs/a.md", 3, 7, "formula", "is empty.", hint="Write one.", code="render.formula")


def create_config(**extra: object) -> MkDocsConfig:
    config = MkDocsConfig()
    config.load_dict({"site_name": "A", "extra": extra})
    config.validate()
    return config


def test_state_has_one_key_and_leaves_those_of_the_owner_alone() -> None:
    config = create_config(record="own", social="own", state="own")
    state = site_state(config)
    state.cards["index.html"] = "card.png"
    assert site_state(config) is state
    assert {name: value for name, value in config.extra.items() if value is not state} == {
        "record": "own",
        "social": "own",
        "state": "own",
    }
    assert site_state(create_config()) is not state


def test_require_record_names_the_hook_and_the_line_to_add() -> None:
    with pytest.raises(PluginError, match=r"^hooks/feeds\.py needs hooks/record\.py: add it to `hooks`"):
        require_record("hooks/feeds.py")(create_config())


@pytest.mark.parametrize(
    ("severity", "level"), [("error", logging.ERROR), ("warning", logging.WARNING), ("info", logging.INFO)]
)
def test_log_diagnostic_passes_the_object(
    caplog: pytest.LogCaptureFixture, severity: str, level: int
) -> None:
    diagnostic = Diagnostic("a", 1, 1, "", "m", code="c", severity=severity)  # type: ignore[arg-type]
    with caplog.at_level(logging.INFO):
        log_diagnostic(logging.getLogger("mkdocs.hooks.test"), diagnostic)
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (level, "a:1:1: m")
    assert record.diagnostic is diagnostic  # type: ignore[attr-defined]


def test_log_unreported_compares_place_and_message(caplog: pytest.LogCaptureFixture) -> None:
    config = create_config()
    site_state(config).reported = frozenset({DIAGNOSTIC})
    reported = [DIAGNOSTIC, replace(DIAGNOSTIC, field="cell 1", hint="", severity="warning")]
    others = [replace(DIAGNOSTIC, line=4), replace(DIAGNOSTIC, message="is not empty.")]
    for diagnostic in reported + others:
        log_unreported(logging.getLogger("mkdocs.hooks.test"), diagnostic, config)
    assert [record.diagnostic for record in caplog.records] == others  # type: ignore[attr-defined]
