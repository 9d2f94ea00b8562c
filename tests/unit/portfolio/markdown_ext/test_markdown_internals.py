"""The private parts of libraries that the Markdown extensions need are where they were."""

import functools
import importlib
from importlib import metadata

import pytest

from portfolio.markdown_ext import markdown_internals


@pytest.mark.parametrize(
    ("distribution", "versions", "module", "attribute"),
    markdown_internals.PARTS,
    ids=[f"{module}.{attribute}" for _, _, module, attribute in markdown_internals.PARTS],
)
def test_private_part_exists(distribution: str, versions: str, module: str, attribute: str) -> None:
    try:
        functools.reduce(getattr, attribute.split("."), importlib.import_module(module))
    except (ImportError, AttributeError) as error:
        pytest.fail(
            f"{module}.{attribute} has moved: {error}. It was tested with {distribution} {versions}, and "
            f"{metadata.version(distribution)} is installed. See markdown_internals.py."
        )


@pytest.mark.parametrize(
    ("distribution", "versions"),
    sorted({(distribution, versions) for distribution, versions, *_ in markdown_internals.PARTS}),
)
def test_installed_version_was_tested(distribution: str, versions: str) -> None:
    installed = metadata.version(distribution)
    assert f"{installed}.".startswith(f"{versions}."), (
        f"{distribution} {installed} is installed; check the parts in markdown_internals.py and their version"
    )
