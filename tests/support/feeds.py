"""Parses feeds, and validates them against their standards."""

from typing import Any

import feedparser
from jsonschema import Draft202012Validator
from lxml import etree

from tests.support import project

ATOM = "{http://www.w3.org/2005/Atom}"
_SCHEMA = project.ROOT / "tests" / "support" / "atom.rng"
_TEXT = {"type": "string", "minLength": 1}
_URL = {"type": "string", "pattern": "^[a-z]+:"}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
_AUTHORS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": _TEXT, "url": _URL, "avatar": _URL},
        "minProperties": 1,
        "additionalProperties": False,
    },
}
_ITEM = {
    "type": "object",
    "required": ["id", "content_html"],
    "properties": {
        "id": _TEXT,
        "url": _URL,
        "title": _TEXT,
        "content_html": {"type": "string"},
        "summary": _TEXT,
        "date_published": _TIME,
        "date_modified": _TIME,
        "authors": _AUTHORS,
        "tags": {"type": "array", "items": _TEXT, "uniqueItems": True},
    },
    "additionalProperties": False,
}
# The rules of https://www.jsonfeed.org/version/1.1/ for the members that this site writes.
_JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _TEXT,
        "home_page_url": _URL,
        "feed_url": _URL,
        "description": _TEXT,
        "authors": _AUTHORS,
        "language": _TEXT,
        "items": {"type": "array", "items": _ITEM},
    },
    "additionalProperties": False,
}


def find_atom_errors(atom: bytes) -> list[str]:
    """Return the errors of an Atom feed: by RFC 4287, its schema and further rules, and by feedparser."""
    tree = etree.fromstring(atom)
    schema = etree.RelaxNG(etree.parse(str(_SCHEMA)))
    schema.validate(tree)
    errors = [str(error) for error in schema.error_log]
    read = parse_feed(atom)
    if read["bozo"]:
        errors.append(f"feedparser: {read['bozo_exception']}")
    ids = [element.text for element in tree.iter(f"{ATOM}id")]
    if len(ids) != len(set(ids)):
        errors.append("an id is a duplicate")
    relations = [link.get("rel") for link in tree.findall(f"{ATOM}link")]
    if relations.count("self") != 1 or relations.count("alternate") != 1:
        errors.append("a feed links to itself and to its page, once each")
    times = [entry.findtext(f"{ATOM}updated") for entry in tree.iter(f"{ATOM}entry")]
    if times and tree.findtext(f"{ATOM}updated") != max(filter(None, times)):
        errors.append("the feed was not updated when its newest entry was")
    return errors


def find_json_feed_errors(feed: Any) -> list[str]:
    """Return the errors of a JSON Feed."""
    return [error.message for error in Draft202012Validator(_JSON_FEED).iter_errors(feed)]


def parse_feed(atom: bytes) -> Any:
    """Parse a feed with feedparser."""
    return feedparser.parse(atom)
