"""The owner's profile in every export: what is stated, and e-mail and phone only where they may appear."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from portfolio.citations import publication_list
from portfolio.citations.csl import DEFAULT_STYLE, CitationFormatter, find_style
from portfolio.exports import json_ld, json_resume, markdown, rendercv
from portfolio.record.people import ProfileDetails
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.support import export_readers
from tests.unit.portfolio.exports.samples import PROFILE, portfolio_with_role

EMAIL, PHONE = "ada@example.org", "+44 20 7946 0958"
STATED: dict[str, Any] = {
    "other_names": [{"name": "アダ", "lang": "ja"}, "A. Q. P."],
    "pronunciation": "AY-da",
    "pronouns": "she/her",
    "headline": "Bridge engineer",
    "summary": "I look after **bridges**, see [the list](talks/).",
    "picture": "assets/my face.jpg",
    "picture_alt": "Ada",
    "location": {"city": "Turin", "region": "Piedmont", "country_code": "IT"},
}
EMPTY = Portfolio(Record())


def profile(**details: Any) -> Any:
    return replace(PROFILE, details=ProfileDetails.model_validate(details))


def test_json_resume_has_the_profile() -> None:
    text = json_resume.render(EMPTY, profile(**STATED, email={"value": EMAIL, "show": "exports"}))
    export_readers.read_resume(text)
    assert json.loads(text)["basics"] == {
        "name": "Ada Q. Person",
        "label": "Bridge engineer",
        "image": "https://example.org/p/assets/my%20face.jpg",
        "email": EMAIL,
        "url": "https://example.org/p/",
        "summary": "I look after bridges, see the list (https://example.org/p/talks/).",
        "location": {"city": "Turin", "countryCode": "IT", "region": "Piedmont"},
    }


def test_rendercv_has_the_profile() -> None:
    text = rendercv.render(EMPTY, profile(**STATED, phone={"value": PHONE, "show": "exports"}))
    export_readers.read_cv(text)
    assert yaml.safe_load(text)["cv"] == {
        "name": "Ada Q. Person",
        "headline": "Bridge engineer",
        "location": "Turin, Piedmont, Italy",
        "phone": PHONE,
        "website": "https://example.org/p/",
        "sections": {
            "Summary": ["I look after **bridges**, see [the list](https://example.org/p/talks/)."],
        },
    }


def test_json_ld_has_the_profile() -> None:
    person, _ = json_ld.person_node(EMPTY, profile(**STATED, email={"value": EMAIL, "show": "site"}))
    assert export_readers.count_valid_terms(person)
    assert person == {
        "@type": "Person",
        "@id": "https://example.org/p/#person",
        "name": "Ada Q. Person",
        "alternateName": ["アダ", "A. Q. P."],
        "pronouns": "she/her",
        "description": "Bridge engineer",
        "image": "https://example.org/p/assets/my%20face.jpg",
        "email": EMAIL,
        "address": {
            "@type": "PostalAddress",
            "addressLocality": "Turin",
            "addressRegion": "Piedmont",
            "addressCountry": "IT",
        },
        "url": "https://example.org/p/",
    }


def test_markdown_of_the_cv_has_the_profile() -> None:
    formatter = CitationFormatter(find_style(DEFAULT_STYLE, Path()))
    owner = profile(**STATED, email={"value": EMAIL, "show": "site"})
    publications = publication_list.list_publications(EMPTY, formatter, owner)
    assert markdown.record_markdown("cv.html", EMPTY, publications, owner, str) == (
        "\nAda Q. Person / アダ / A. Q. P. (she/her). Bridge engineer. Turin, Piedmont, Italy\n\n"
        "- <ada@example.org>\n"
        "- <https://example.org/p/>\n\n"
        "I look after **bridges**, see [the list](https://example.org/p/talks/).\n"
    )


def test_a_location_that_is_a_text_stays_one() -> None:
    owner = profile(location="Turin, or by train")
    assert json_resume.build_resume(EMPTY, owner)[0]["basics"]["location"] == {
        "address": "Turin, or by train"
    }
    assert rendercv.build_cv(EMPTY, owner)[0]["cv"]["location"] == "Turin, or by train"
    assert json_ld.person_node(EMPTY, owner)[0]["address"] == "Turin, or by train"


def test_the_headline_comes_before_the_current_position() -> None:
    portfolio = portfolio_with_role(end_date="present")
    for owner, label in ((profile(), "Engineer"), (profile(headline="Lead"), "Lead")):
        assert json_resume.build_resume(portfolio, owner)[0]["basics"]["label"] == label
        assert rendercv.build_cv(portfolio, owner)[0]["cv"]["headline"] == label


@pytest.mark.parametrize("show", [["site"], ["pdf"], ["exports"], ["site", "exports"]])
def test_contacts_are_only_in_the_outputs_that_may_have_them(show: list[str]) -> None:
    owner = profile(email={"value": EMAIL, "show": show}, phone={"value": PHONE, "show": show})
    for contact in (EMAIL, PHONE):
        assert (contact in json_resume.render(EMPTY, owner)) == ("exports" in show)
        assert (contact in rendercv.render(EMPTY, owner)) == ("exports" in show)
        assert (contact in json.dumps(json_ld.person_node(EMPTY, owner)[0])) == ("site" in show)


def test_what_a_format_cannot_say_of_the_profile_is_a_loss() -> None:
    owner = profile(**STATED)
    losses = [
        *json_resume.build_resume(EMPTY, owner)[1],
        *rendercv.build_cv(EMPTY, owner)[1],
        *json_ld.person_node(EMPTY, owner)[1],
    ]
    fields = {
        "resume.json": "other_names pronunciation pronouns picture_alt",
        "cv.yaml": "other_names pronunciation pronouns picture",
        "JSON-LD": "pronunciation summary picture_alt",
    }
    assert {(loss.export, loss.id) for loss in losses} == {
        (export, f"profile.{name}") for export, names in fields.items() for name in names.split()
    }
