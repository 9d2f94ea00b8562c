"""Tests of `portfolio.core.i18n`."""

from datetime import date

import pytest
from jinja2 import Environment

from portfolio.core import i18n
from portfolio.core.i18n import DateStyle

DAY = date(2026, 11, 6)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "6 November 2026"),
        ("en-US", "November 6, 2026"),
        ("de", "6. November 2026"),
        ("de-AT", "6. November 2026"),
        ("fr", "6 novembre 2026"),
        ("es", "6 de noviembre de 2026"),
        ("hi", "6 नवंबर 2026"),
        ("zh", "2026年11月6日"),
        ("zh-Hans", "2026年11月6日"),
        ("ja", "2026年11月6日"),
        ("ar", "6 نوفمبر 2026"),
        ("xx", "6 November 2026"),
    ],
)
def test_long_date(code: str, expected: str) -> None:
    i18n.use_language(code)
    assert i18n.format_date(DAY) == expected


@pytest.mark.parametrize(
    ("style", "english", "german", "japanese"),
    [
        ("medium", "6 Nov 2026", "6. Nov. 2026", "2026年11月6日"),
        ("month", "November 2026", "November 2026", "2026年11月"),
        ("short-month", "Nov 2026", "Nov. 2026", "2026年11月"),
        ("day", "6 November", "6. November", "11月6日"),
        ("short-day", "6 Nov", "6. Nov.", "11月6日"),
        ("year", "2026", "2026", "2026年"),
        ("month-name", "November", "November", "11月"),
        ("short-month-name", "Nov", "Nov", "11月"),
    ],
)
def test_date_styles(style: DateStyle, english: str, german: str, japanese: str) -> None:
    for code, expected in (("en", english), ("de", german), ("ja", japanese)):
        i18n.use_language(code)
        assert i18n.format_date(DAY, style) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "ltr"),
        ("de", "ltr"),
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("he", "rtl"),
        ("az-Arab", "rtl"),
        ("uz_Arab", "rtl"),
        ("ks-Deva", "ltr"),
    ],
)
def test_direction(code: str, expected: str) -> None:
    assert i18n.direction_of(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("en", "A, B and C"), ("de", "A, B und C"), ("ja", "A、B、C"), ("ar", "A وB وC"), ("zh-CN", "A、B和C")],
)
def test_list(code: str, expected: str) -> None:
    i18n.use_language(code)
    assert i18n.format_list(["A", "B", "C"]) == expected


def test_number() -> None:
    assert [i18n.format_number(number) for number in (7, 1234)] == ["7", "1,234"]
    i18n.use_language("de")
    assert [i18n.format_number(number) for number in (7, 1234)] == ["7", "1.234"]


@pytest.mark.parametrize(
    ("code", "sorted_names"),
    [
        ("en", ["10", "Ångström", "Äpfel", "apple", "Apple", "Zebra", "中"]),
        ("de", ["Ahorn", "Äpfel", "Apfelbaum", "Straße", "Strasser", "Zebra"]),
        ("sv", ["apa", "zebra", "ånga", "äpple", "öl"]),
        ("es", ["nube", "nuez", "ñandú", "ola"]),
        ("fr", ["cote", "Coté", "école", "Effet"]),
        ("zh", ["API", "北京", "上海", "天津", "重庆"]),
        ("ja", ["カ", "が", "かき", "き", "亜"]),
        ("ar", ["إبراهيم", "أحمد", "بَدر", "بدرية", "تمر"]),
        ("hi", ["कमल", "किताब", "खेल", "गीत"]),
    ],
)
def test_order(code: str, sorted_names: list[str]) -> None:
    i18n.use_language(code)
    assert sorted({*sorted_names}, key=i18n.sort_key) == sorted_names


def test_english_without_catalogue() -> None:
    assert i18n.gettext("From %(start)s", start="2019") == "From 2019"
    assert [i18n.ngettext("%(num)s post", "%(num)s posts", n) for n in (1, 2000)] == ["1 post", "2,000 posts"]
    assert i18n.pgettext("month", "May") == "May"
    assert i18n.npgettext("blog", "%(num)s post", "%(num)s posts", 2) == "2 posts"


def test_templates_escape_values_only() -> None:
    env = Environment(autoescape=True)
    i18n.install(env)
    template = env.from_string(
        '{{ _("By %(name)s", name=name) }} {{ ngettext("%(num)s day", "%(num)s days", 2) }}'
    )
    assert template.render(name="<b>") == "By &lt;b&gt; 2 days"
    assert env.from_string("{% trans name=name %}By {{ name }}{% endtrans %}").render(name="&") == "By &amp;"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", None),
        ("en-GB", None),
        ("de", "de"),
        ("de-AT", "de"),
        ("zh", "zh"),
        ("zh-Hans", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hant", None),
        ("zh-TW", None),
        ("xx", None),
    ],
)
def test_find_catalogue(code: str, expected: str | None) -> None:
    path = i18n.find_catalogue(code)
    assert (path and path.parts[-3]) == expected


def test_translations_and_plurals() -> None:
    i18n.use_language("ar")
    assert [i18n.ngettext("%(num)s year", "%(num)s years", number) for number in (1, 2, 3, 11, 100)] == [
        "سنة",
        "سنتان",
        "3 سنوات",
        "11 سنة",
        "100 سنة",
    ]
    i18n.use_language("de-CH")
    assert i18n.gettext("By %(names)s", names="A") == "Von A"
    # An empty text has the header of the catalogue as its translation.
    assert i18n.gettext("") == ""


def test_attributes_of_texts_in_another_language() -> None:
    i18n.use_language("de")
    assert [i18n.language_attributes(code) for code in ("", None, "de", "en", "ar")] == [
        {},
        {},
        {},
        {"lang": "en"},
        {"lang": "ar", "dir": "rtl"},
    ]


def test_fingerprints_differ_between_languages() -> None:
    fingerprints = set()
    for code in ("en", "en-US", "de", "ar"):
        i18n.use_language(code)
        fingerprints.add(i18n.fingerprint())
    assert len(fingerprints) == 4
