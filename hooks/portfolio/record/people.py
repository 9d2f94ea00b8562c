"""People: the authors that BibTeX names, and the owner, whom ``profile.yml`` and ``mkdocs.yml`` describe."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Literal, NamedTuple, get_args
from urllib.parse import quote as quote_url
from urllib.parse import unquote, urljoin

from pydantic import AfterValidator, BeforeValidator, Field

from portfolio.core.diagnostics import NO_ROOM, ExportLoss, closest_match, quote
from portfolio.core.i18n import gettext as _
from portfolio.core.runs import Runs, parse_markdown
from portfolio.core.validation import invalid_value
from portfolio.record.models import LANGUAGE_TAG, Line, Model, Publication, StyledText, Url

# BibTeX's placeholder for authors who are not named.
_OTHERS = "others"
# Words with capital letters, as in "Ada B. Example" and "Example, Ada B.": most names are so simple,
# and importing the parser takes 8 ms.
_CAPITALIZED = r"[A-ZÀ-ÖØ-Þ][\w.’'-]*"
_WORDS = rf"{_CAPITALIZED}(?: {_CAPITALIZED})*"
_SIMPLE_NAME = re.compile(rf"(?P<family_first>{_WORDS}), (?P<given_last>{_WORDS})|{_WORDS}")
# A name that is in braces as a whole.
_BRACED = re.compile(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}")
_MAY_BE_INCOMPLETE = "the list of authors may be incomplete, which the format cannot express."
_HAS_UNNAMED_AUTHORS = "there are authors who are not named, which the format cannot express."

# A URL that is not relative to this site (RFC 3986, section 3.1).
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# A percent sign that does not begin an escape.
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Allowed in a URL without an escape, besides letters, digits and "-._~" (sections 2.2 and 3.3 to 3.5).
_SAFE = "%!$&'()*+,/:;=?@"
# What may differ between two URLs of the same page.
_PREFIX = re.compile(r"^https?://(www\.)?", re.IGNORECASE)
# RenderCV's names of networks, and the user name in their URLs.
_NETWORKS = {
    "LinkedIn": re.compile(r"linkedin\.com/in/([^/?#]+)/?"),
    "GitHub": re.compile(r"github\.com/([^/?#]+)/?"),
    "GitLab": re.compile(r"gitlab\.com/([^/?#]+)/?"),
    "ORCID": re.compile(r"orcid\.org/(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?"),
    "Google Scholar": re.compile(r"scholar\.google\.com/citations\?user=([\w-]+)"),
    "X": re.compile(r"(?:x|twitter)\.com/(\w+)/?"),
}

# Where an e-mail address or a phone number may appear.
Output = Literal["site", "pdf", "exports"]
OUTPUTS: tuple[Output, ...] = get_args(Output)

# The parts of an e-mail address: a local part without quotation marks (RFC 5322), and a domain with a dot.
_EMAIL = re.compile(
    r"(?!.*\.\.)[^\s@<>()\[\]\\,;:\".][^\s@<>()\[\]\\,;:\"]*(?<!\.)@"
    r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]"
)
# Limited, because a search without a limit takes long in a long text.
_EMAIL_IN_TEXT = re.compile(r"[^\s<>:]{1,64}@[^\s<>]{1,255}")
# An international number (ITU-T E.164) has at most 15 digits; people write these characters between them.
_PHONE = re.compile(r"\+(?:[ .()/-]*[0-9]){7,15}")
# Chinese, Japanese and Korean names.
_FAMILY_FIRST = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\s]+"
# Codes that Unicode's list has for what is not a country.
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


class Person(NamedTuple):
    """The parts of a name; a name without parts, such as an organisation's, is all ``family``.

    ``is_organisation``: the whole name is in braces, which is how BibTeX marks the name of an organisation.
    ``is_family_first``: the name is Chinese, Japanese or Korean.
    """

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    is_organisation: bool = False
    is_family_first: bool = False

    @property
    def name(self) -> str:
        """The name in reading order: given name first, unless its language has the family name first."""
        if self.is_family_first:
            return f"{self.family} {self.given}"
        return " ".join(part for part in (self.given, self.particle, self.family, self.suffix) if part)


def parse_authors(text: str) -> list[Person]:
    """Return the people in a BibTeX ``author`` field, in order, without ``others``.

    A name that breaks BibTeX's rules becomes a name without parts.
    """
    return [_parse_name(name) for name in _split_names(text) if name.lower() != _OTHERS]


def has_unnamed_authors(text: str) -> bool:
    """Whether a BibTeX ``author`` field ends with ``and others``."""
    return any(name.lower() == _OTHERS for name in _split_names(text))


def author_losses(
    export: str, publications: Iterable[Publication], *, names_others: bool = False
) -> Iterator[ExportLoss]:
    """Yield what an export cannot express about authors, besides their names.

    ``names_others``: it says that there are further authors.
    """
    for publication in publications:
        if publication.authors == "partial":
            yield ExportLoss(export, publication.id, _MAY_BE_INCOMPLETE)
        if not names_others and has_unnamed_authors(publication.author):
            yield ExportLoss(export, publication.id, _HAS_UNNAMED_AUTHORS)


def _split_names(text: str) -> list[str]:
    names = re.split(" and ", text, flags=re.IGNORECASE) if text else []
    if all(name == _OTHERS or _SIMPLE_NAME.fullmatch(name) for name in names):
        return names
    from bibtexparser.middlewares.names import split_multiple_persons_names

    return split_multiple_persons_names(text)


def _parse_name(name: str) -> Person:
    if simple := _SIMPLE_NAME.fullmatch(name):
        if simple["given_last"]:
            return Person(simple["family_first"], simple["given_last"])
        given, _, family = name.rpartition(" ")
        return Person(family, given)
    from bibtexparser.middlewares.names import parse_single_name_into_parts

    parts = parse_single_name_into_parts(name, strict=False)
    family = _join_name_parts(parts.last)
    if not family:
        return Person(_join_name_parts([name]))
    if not parts.first and len(parts.last) == 1 and _BRACED.fullmatch(parts.last[0]):
        return Person(family, is_organisation=True)
    given = _join_name_parts(parts.first)
    # Without a comma, "山田 太郎" seems to have the family name last, and is in reading order already.
    is_family_first = (
        "," in name and not name.isascii() and re.fullmatch(_FAMILY_FIRST, family + given) is not None
    )
    von, jr = _join_name_parts(parts.von), _join_name_parts(parts.jr)
    return Person(family, given, von, jr, is_family_first=is_family_first)


def _join_name_parts(words: list[str]) -> str:
    """Join words without the braces that group them."""
    return " ".join(words).replace("{", "").replace("}", "")


def _validate_email(value: str) -> str:
    if _EMAIL.fullmatch(value):
        return value
    part = _EMAIL_IN_TEXT.search(value)
    hint = "Write one as in ana@example.org."
    if part and _EMAIL.fullmatch(part[0]):
        hint = f"Write only {part[0]}."
    message = f"{quote(value)} is not an e-mail address."
    raise invalid_value("profile.invalid-email", message, hint)


def _validate_phone(value: str) -> str:
    if _PHONE.fullmatch(value):
        return value
    hint = "Write it with the code of the country, as in +44 20 7946 0958."
    message = f"{quote(value)} is not an international phone number."
    raise invalid_value("profile.invalid-phone", message, hint)


def _validate_language(value: str) -> str:
    if LANGUAGE_TAG.fullmatch(value):
        return value
    message = f"{quote(value)} is not the tag of a language."
    raise invalid_value("profile.invalid-language", message, "Write one as in ar, zh-Hant or sr-Latn.")


def _validate_country(value: str) -> str:
    """Return a code of ISO 3166-1 in capital letters."""
    names = {code: name for code, name in _country_names("en").items() if code not in _NO_COUNTRIES}
    if value.upper() in names:
        return value.upper()
    codes = {name: code for code, name in names.items()}
    meant = codes.get(closest_match(value, codes, cutoff=0.7) or "", "GB" if value.upper() == "UK" else "")
    hint = f"Did you mean '{meant}'?" if meant else "Write its two letters of ISO 3166, as in NO."
    message = f"{quote(value)} is not the code of a country."
    raise invalid_value("profile.invalid-country", message, hint)


@functools.cache
def _country_names(language: str) -> Mapping[str, str]:
    """Return the names of countries in a language (BCP 47), by their codes; in English if it is unknown."""
    # Imported where it is used: few sites state a country.
    from babel import Locale, UnknownLocaleError

    try:
        territories = Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        territories = Locale("en").territories
    return {code: name for code, name in territories.items() if len(code) == 2}


def _wrap(key: str, value: object) -> object:
    """Accept a text for a mapping that has it under a key."""
    return {key: value} if isinstance(value, str) else value


class OtherName(Model):
    """Another name of the owner, such as the name in another script."""

    name: Line = Field(description="The name.", examples=["آنا روسي"])
    lang: Annotated[Line, AfterValidator(_validate_language)] | None = Field(
        None, description="The language of the name (BCP 47), for screen readers.", examples=["ar"]
    )


class Contact(Model):
    """An e-mail address or a phone number, and where it appears: by default nowhere."""

    value: Line
    show: tuple[Output, ...] = Field(
        (),
        description="Where it appears: on the site's pages, in the PDF of the CV, in the exports for other "
        "programs. By default nowhere.",
        examples=[["site", "pdf", "exports"]],
    )


class Email(Contact):
    """An e-mail address."""

    value: Annotated[Line, AfterValidator(_validate_email)] = Field(
        description="The e-mail address.", examples=["ana@example.org"]
    )


class Phone(Contact):
    """A phone number."""

    value: Annotated[Line, AfterValidator(_validate_phone)] = Field(
        description="The number, with the code of the country.", examples=["+44 20 7946 0958"]
    )


class Place(Model):
    """Where the owner lives or works, as far as it is to be public."""

    city: Line | None = Field(None, description="The city.", examples=["Turin"])
    region: Line | None = Field(None, description="The region, state or province.", examples=["Piedmont"])
    country_code: Annotated[Line, AfterValidator(_validate_country)] | None = Field(
        None, description="The country, by its code (ISO 3166-1).", examples=["IT"]
    )


class SocialProfile(Model):
    """A profile on another site, as Material has it under ``extra.social``."""

    link: Url = Field(description="The URL of the profile.", examples=["https://github.com/name"])
    name: Line | None = Field(
        None,
        description="The name of the site; by default that of a known network, or else the host.",
        examples=["GitHub"],
    )
    icon: Line | None = Field(
        None, description="An icon, which this site does not show.", examples=["fontawesome/brands/github"]
    )

    @property
    def label(self) -> str:
        """The name, or else the network or the host."""
        return parse_account(self.name or "", self.link).name


class ProfileDetails(Model):
    """``profile.yml``: the owner of the site. Everything is optional."""

    name: Line | None = Field(
        None, description="The name; by default site_author of mkdocs.yml.", examples=["Ana Rossi"]
    )
    other_names: tuple[
        Annotated[OtherName, BeforeValidator(partial(_wrap, "name"), json_schema_input_type=OtherName | str)],
        ...,
    ] = Field(
        (),
        description="The name in other scripts, or other names: each a text, or a name and its lang.",
        examples=[[{"name": "آنا روسي", "lang": "ar"}]],
    )
    pronunciation: Line | None = Field(None, description="How to say the name.", examples=["AH-nah ROSS-ee"])
    pronouns: Line | None = Field(None, description="The pronouns.", examples=["she/her"])
    headline: Line | None = Field(
        None,
        description="What the owner is, in a few words; by default the site's description.",
        examples=["Bridge engineer"],
    )
    summary: StyledText | None = Field(
        None, description="The owner in a few sentences, for the CV.", examples=["I look after bridges."]
    )
    picture: Line | None = Field(
        None, description="The path in docs of a picture of the owner.", examples=["assets/ana.jpg"]
    )
    picture_alt: Line | None = Field(
        None,
        description="What the picture shows, for readers who do not see it.",
        examples=["Ana Rossi in front of a bridge"],
    )
    location: Place | Line | None = Field(
        None,
        description="Where the owner is: a text, or city, region and country_code.",
        examples=[{"city": "Turin", "country_code": "IT"}],
    )
    email: Annotated[
        Email | None, BeforeValidator(partial(_wrap, "value"), json_schema_input_type=Email | str | None)
    ] = Field(
        None,
        description="The e-mail address. It appears only where show says.",
        examples=[{"value": "ana@example.org", "show": ["site", "pdf"]}],
    )
    phone: Annotated[
        Phone | None, BeforeValidator(partial(_wrap, "value"), json_schema_input_type=Phone | str | None)
    ] = Field(
        None,
        description="The phone number. It appears only where show says.",
        examples=[{"value": "+44 20 7946 0958", "show": ["pdf"]}],
    )
    links: tuple[
        Annotated[
            SocialProfile,
            BeforeValidator(partial(_wrap, "link"), json_schema_input_type=SocialProfile | str),
        ],
        ...,
    ] = Field(
        (),
        description="Profiles on other sites, besides those of extra.social in mkdocs.yml: each a URL, or a "
        "link and its name.",
        examples=[["https://github.com/name"]],
    )


class Account(NamedTuple):
    """A profile on another site. ``network`` and ``username`` are empty if the network is not known."""

    name: str
    url: str
    network: str = ""
    username: str = ""


@dataclass(frozen=True)
class Profile:
    """The owner and the site. ``url`` ends with a slash, or is empty if the site has no URL yet.

    ``label`` is the description of the site, ``language`` a BCP 47 tag. ``details`` is ``profile.yml``. Never
    write its ``email`` or ``phone``, but `email_for` and `phone_for`, which know where they may appear.
    """

    name: str
    site_name: str = ""
    label: str = ""
    url: str = ""
    accounts: tuple[Account, ...] = ()
    language: str = "en"
    details: ProfileDetails = field(default_factory=ProfileDetails)

    def email_for(self, output: Output) -> str:
        """Return the e-mail address if it may appear in an output, else nothing."""
        email = self.details.email
        return email.value if email is not None and output in email.show else ""

    def email_url_for(self, output: Output) -> str:
        """Return the URL (RFC 6068) of the e-mail address if it may appear in an output, else nothing."""
        email = self.email_for(output)
        return email and f"mailto:{quote_url(email, safe='@')}"

    def phone_for(self, output: Output) -> str:
        """Return the phone number if it may appear in an output, else nothing."""
        phone = self.details.phone
        return phone.value if phone is not None and output in phone.show else ""

    def phone_url_for(self, output: Output) -> str:
        """Return the URL (RFC 3966) of the phone number if it may appear in an output, else nothing."""
        number = re.sub(r"[^+0-9]", "", self.phone_for(output))
        return number and f"tel:{number}"

    @property
    def tagline(self) -> str:
        """The headline, or else the description of the site."""
        return self.details.headline or self.label

    @property
    def summary(self) -> Runs:
        """What the owner says about himself or herself, as styled text; empty if that is nothing."""
        return parse_markdown(self.details.summary or "")

    @property
    def place(self) -> str:
        """Where the owner is, as one text: ``Turin, Piedmont, Italy``; empty if that is not stated."""
        place = self.details.location
        if not isinstance(place, Place):
            return place or ""
        country = _country_names(self.language).get(place.country_code or "", "")
        return _(", ").join(dict.fromkeys(part for part in (place.city, place.region, country) if part))

    @property
    def picture_url(self) -> str:
        """The absolute URL of the picture; empty if there is none, or if the site has no URL."""
        return self.absolute(self.details.picture)

    def absolute(self, url: str | None) -> str:
        """Return a link of the record as an absolute URI (RFC 3986); empty if the site has no URL."""
        if not url:
            return ""
        if _SCHEME.match(url):
            return _to_uri(url)
        return urljoin(self.url, _to_uri(url)) if self.url else ""

    def absolute_links(self, runs: Runs) -> Runs:
        """Return styled text with absolute links; a link without an absolute URL becomes text."""
        return tuple(replace(run, url=self.absolute(run.url)) for run in runs)

    def own_path(self, url: str | None) -> str | None:
        """Return the unescaped path on this site that a link of the record leads to; None if elsewhere."""
        if not url:
            return None
        if _SCHEME.match(url):
            if not self.url or not url.startswith(self.url):
                return None
            url = url.removeprefix(self.url)
        path = unquote(re.split("[?#]", url)[0]).removesuffix("index.html")
        return path.rstrip("/")


def _to_uri(url: str) -> str:
    """Escape the characters that RFC 3986 does not allow; existing escapes stay."""
    first, mark, fragment = _STRAY_PERCENT.sub("%25", url).partition("#")
    return f"{quote_url(first, safe=_SAFE)}{mark}{quote_url(fragment, safe=_SAFE)}"


def detail_losses(export: str, profile: Profile, *names: str) -> Iterator[ExportLoss]:
    """Yield which of these fields of ``profile.yml`` an export has no room for, if the profile has them."""
    for name in names:
        if getattr(profile.details, name):
            yield ExportLoss(export, f"profile.{name}", NO_ROOM)


def list_accounts(profiles: Iterable[SocialProfile]) -> tuple[Account, ...]:
    """Return the accounts of profiles, without repetition: of two with the same URL, the first."""
    accounts: dict[str, Account] = {}
    for profile in profiles:
        key = _PREFIX.sub("", profile.link).rstrip("/").casefold()
        accounts.setdefault(key, parse_account(profile.label, profile.link))
    return tuple(accounts.values())


def parse_account(name: str, url: str) -> Account:
    """Recognize the network and the user name in the URL of a profile, and name one without a name."""
    location = _PREFIX.sub("", url)
    for network, pattern in _NETWORKS.items():
        if match := pattern.fullmatch(location):
            return Account(name or network, url, network, match[1])
    return Account(name or re.split(r"[/?#]", location)[0], url)
