"""Templates that pages name in their front matter: those of the site, and those of the theme."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.sources.mkdocs_yml import SitePaths

_THEME = "material"


def folders(values: Mapping[str, Any], places: SitePaths) -> tuple[Path, ...]:
    """Where templates stand, by the settings of a site (see ``portfolio.settings.values``).

    Empty where it has none of its own, and nothing is known of them.
    """
    theme = values.get("theme")
    own = theme.get("custom_dir") if isinstance(theme, dict) else None
    spec = importlib.util.find_spec(_THEME)
    if not isinstance(own, str) or spec is None or spec.origin is None:
        return ()
    return places.root / own, Path(spec.origin).parent / "templates"


def wrong(name: object, folders: tuple[Path, ...]) -> str | None:
    """Why there is no template of a name; None if there is one, or nothing is known."""
    if not folders or (isinstance(name, str) and any((folder / name).is_file() for folder in folders)):
        return None
    return f"there is no template {quote(name)}. {did_you_mean(str(name), _names(folders))}"


def _names(folders: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(sorted(path.name for folder in folders for path in folder.glob("*.html")))
