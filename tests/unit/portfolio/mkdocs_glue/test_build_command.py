"""What a build starts before MkDocs is imported."""

from pathlib import Path

import pytest

from portfolio.core import i18n
from portfolio.core.cache import FileCache
from portfolio.images import catalog
from portfolio.mkdocs_glue import build_command


def test_images_have_the_keys_of_the_language_of_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "mkdocs.yml"
    config.write_text("site_name: A\ntheme: {name: material, language: de}\n", encoding="utf-8")
    i18n.use_language("de")
    FileCache(tmp_path / ".cache/images").put(catalog.version_key(), b"")
    i18n.use_language(i18n.SOURCE_LANGUAGE)
    monkeypatch.setattr(build_command, "work_ahead", lambda _: pytest.fail("the images are encoded"))
    build_command._encode_images(config, is_serving=False)
