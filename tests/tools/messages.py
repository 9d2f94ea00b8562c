"""Collects the messages of the code and the templates, and updates the catalogues with them.

``python -m tests.tools.messages``. A new message is empty in the catalogues, and one that is no longer used
is removed: there is no guess at a translation.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from portfolio.core import i18n

ROOT = Path(__file__).parents[2]
_METHODS = [("hooks/**.py", "python"), ("overrides/**.html", "jinja2"), ("overrides/**.xml", "jinja2")]
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_TEMPLATE_OPTIONS = {"overrides/**.html": {"silent": "false"}, "overrides/**.xml": {"silent": "false"}}
# A comment for translators.
_COMMENT = "Translators:"


def collect_messages() -> Catalog:
    """Return all messages, each with the files that have it."""
    messages = Catalog(charset="utf-8")
    extracted = extract_from_dir(
        ROOT,
        _METHODS,
        _TEMPLATE_OPTIONS,
        _KEYWORDS,
        (_COMMENT,),
        directory_filter=lambda path: not Path(path).name.startswith((".", "_")),
    )
    for path, _line, message, comments, context in extracted:
        if path.startswith(("hooks/", "overrides/")):
            messages.add(message, None, [(path, 0)], auto_comments=comments, context=context)
    return messages


def update(path: Path, messages: Catalog) -> str:
    """Return the text of a catalogue with all messages, and only those."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3])
    catalogue.update(
        messages, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False
    )
    catalogue.obsolete.clear()
    text = io.BytesIO()
    # Without numbers of lines, which change with each edit.
    write_po(text, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=True)
    header = "".join(
        f'"{name}: {value}\\n"\n'
        for name, value in catalogue.mime_headers
        if name in ("Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms")
    )
    return f'msgid ""\nmsgstr ""\n{header}\n{text.getvalue().decode()}'


def catalogue_paths() -> list[Path]:
    """Return the paths of all catalogues."""
    return sorted(i18n.CATALOGUES.glob(f"*/LC_MESSAGES/{i18n.DOMAIN}.po"))


if __name__ == "__main__":
    all_messages = collect_messages()
    for catalogue_path in catalogue_paths():
        catalogue_path.write_text(update(catalogue_path, all_messages), encoding="utf-8")
        print(f"updated {catalogue_path.relative_to(ROOT)}")
