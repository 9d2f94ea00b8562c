"""People and their links."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portfolio.record import people
from portfolio.record.people import (
    OUTPUTS,
    Account,
    Profile,
    ProfileDetails,
    SocialProfile,
    has_unnamed_authors,
    list_accounts,
    parse_authors,
)


@pytest.mark.parametrize(
    ("site", "link", "absolute"),
    [
        ("https://example.org/p/", "cv/#a", "https://example.org/p/cv/#a"),
        ("https://example.org/p/", "https://example.com/", "https://example.com/"),
        ("https://example.org/p/", "mailto:a@example.com", "mailto:a@example.com"),
        ("https://example.org/p/", "", ""),
        ("", "cv/", ""),
        ("", "https://example.com/", "https://example.com/"),
        ("", "mailto:a@example.com", "mailto:a@example.com"),
    ],
)
def test_absolute_links(site: str, link: str, absolute: str) -> None:
    assert Profile("Ada", url=site).absolute(link) == absolute


def test_contacts_appear_only_where_the_profile_says() -> None:
    details = ProfileDetails.model_validate(
        {
            "email": {"value": "ada@example.org", "show": ["site", "exports"]},
            "phone": {"value": "+44 20 7946 0958", "show": ["pdf"]},
        }
    )
    profile = Profile("Ada", details=details)
    assert [profile.email_for(output) for output in OUTPUTS] == ["ada@example.org", "", "ada@example.org"]
    assert [profile.phone_for(output) for output in OUTPUTS] == ["", "+44 20 7946 0958", ""]
    assert [Profile("Ada").email_for(output) for output in OUTPUTS] == ["", "", ""]


@pytest.mark.parametrize(
    ("location", "language", "place"),
    [
        (None, "en", ""),
        ("Oslo, or by train", "en", "Oslo, or by train"),
        ({"city": "Turin", "region": "Piedmont", "country_code": "it"}, "en", "Turin, Piedmont, Italy"),
        ({"city": "Turin", "country_code": "IT"}, "de", "Turin, Italien"),
        ({"city": "Turin", "country_code": "IT"}, "pt-BR", "Turin, Itália"),
        ({"city": "Turin", "country_code": "IT"}, "tlh", "Turin, Italy"),
        ({"city": "Singapore", "country_code": "SG"}, "en", "Singapore"),
        ({"region": "Alps"}, "en", "Alps"),
    ],
)
def test_place(location: object, language: str, place: str) -> None:
    details = ProfileDetails.model_validate({"location": location})
    assert Profile("Ada", language=language, details=details).place == place


def test_tagline_is_the_headline_or_the_description_of_the_site() -> None:
    assert Profile("Ada", label="Notes").tagline == "Notes"
    assert Profile("Ada", label="Notes", details=ProfileDetails(headline="Engineer")).tagline == "Engineer"


def test_links_of_a_profile_may_be_urls() -> None:
    links = [
        "https://github.com/ada",
        {"link": "https://ada.example/x", "name": "Code"},
        "https://b.example/a",
    ]
    details = ProfileDetails.model_validate({"links": links})
    assert [account.name for account in list_accounts(details.links)] == ["GitHub", "Code", "b.example"]
    single = ProfileDetails.model_validate({"links": "https://www.linkedin.com/in/ada/"})
    assert list_accounts(single.links) == (
        Account("LinkedIn", "https://www.linkedin.com/in/ada/", "LinkedIn", "ada"),
    )


def test_accounts_are_listed_once() -> None:
    links = [
        SocialProfile(link="https://github.com/ada", name="GitHub"),
        SocialProfile(link="http://www.GitHub.com/ada/", name="Code"),
        SocialProfile(link="https://social.example/@ada"),
    ]
    assert list_accounts(links) == (
        Account("GitHub", "https://github.com/ada", "GitHub", "ada"),
        Account("social.example", "https://social.example/@ada"),
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("山田, 太郎", "山田 太郎"),
        ("山田 太郎", "山田 太郎"),
        ("김, 민준", "김 민준"),
        ("Yamada, Tarō", "Tarō Yamada"),
        ("العربي, محمد", "محمد العربي"),
    ],
)
def test_family_name_comes_first_where_it_does(written: str, name: str) -> None:
    assert [person.name for person in parse_authors(written)] == [name]


_WORDS = st.lists(
    st.sampled_from("Ada O'B J.-P. Éva and And AND others Others van de Zoë X2 ß ä {IBM 王 , ,".split()),
    max_size=6,
).map(" ".join)


@given(
    _WORDS | _WORDS.map(lambda text: text.replace(" ,", ",")) | st.text("Ab \u00c9~.,\u2019-{}\\", max_size=9)
)
@example("Ada B. Example and Example, Éva and others")
def test_simple_names_are_parsed_like_all_others(text: str) -> None:
    parsed, has_unnamed = parse_authors(text), has_unnamed_authors(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_SIMPLE_NAME", re.compile(r"(?!)"))
        assert (parse_authors(text), has_unnamed_authors(text)) == (parsed, has_unnamed)
