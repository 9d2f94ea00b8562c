"""The sites of invented people, in tests/people: an academic with 300 entries and a graduate with three.

An organ builder has a site in German, and a hydrologist one in Arabic, both with every kind of page.

The academic's files have the entries that tests look at one by one. The many others, which only must be
many, varied and always the same, come from the vocabularies below.
"""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageDraw

from portfolio.record.kinds import KINDS
from tests.support import persona, project, small_site

FOLDER = project.ROOT / "tests" / "people"
ACADEMIC, GRADUATE, GERMAN, ARABIC = "academic", "graduate", "german", "arabic"
# The years of the generated entries, and how many there are of each kind.
_FIRST, _LAST = 1992, 2026
_COUNTS = {"publications": 110, "talks": 36, "teaching": 22, "grants": 16, "service": 30}

_OWNER = "Papadaki, Eleni"
_COLLEAGUES = (
    "Nakamura, Haruto", "García-Márquez, Inés", "Østby, Torgeir", "Li, Siyuan", "van der Meer, Joost",
    "Okonkwo, Chidi", "Müller, Jörg", "de la Cruz, Ana", "Haugen, Solveig", "Kowalczyk, Łukasz",
    "Dubois, Chloé", "Sørensen, Mette", "Chaudhry, Bilal", "O'Neill, Aoife", "Nguyễn, Thị Hoa",
    "Αθανασίου, Νίκος", "Smith, J. P.", "{Bed Atlas Consortium}",
)  # fmt: skip
_SUBJECTS = (
    "basal sliding", "subglacial drainage", "firn compaction", "crevasse depth", "calving", "surface melt",
    "ice temperature", "grounding-line retreat", "lake drainage", "bed roughness", "debris cover",
    "snow accumulation", "shear-margin softening", "tidal flexure", "basal freeze-on", "ice-cliff failure",
)  # fmt: skip
_PLACES = (
    "Kongsvegen", "Austfonna", "Breiðamerkurjökull", "Store Glacier", "Hintereisferner", "Nordenskiöldbreen",
    "the Devon Ice Cap", "Findelengletscher", "Ürümqi Glacier No. 1", "Thwaites Glacier",
)  # fmt: skip
_METHODS = (
    "ice-penetrating radar", "repeat GNSS surveys", "passive seismology", "satellite interferometry",
    "borehole thermometry", "laser altimetry", "distributed acoustic sensing", "time-lapse photography",
    "a full-Stokes model", "historical photographs",
)  # fmt: skip
_TITLES = (
    "{Subject} at {place} from {method}",
    "Seasonal {subject} at {place}",
    "What {method} can say about {subject}, and what it cannot",
    "{Subject} and {subject2}: two sides of one process?",
    "Thirty months of {subject} at {place}, observed by {method}",
    "Brief communication: {subject} at {place}",
    "Rapid {subject} after a warm winter at {place}: {method} compared with field measurements",
    "A simple model of {subject}",
    "{Subject} is faster than {subject2}: results from a comparison of {method} with independent "
    "observations at {place} and at two neighbouring glaciers without a name",
    "Errors of {method} in wet snow",
)
_JOURNALS = (
    "Journal of Ice Research", "Annals of the Cryosphere", "Polar Physics Letters", "Cold Places",
    "Zeitschrift für Eisphysik", "Remote Sensing of Snow", "Earth and Ice",
)  # fmt: skip
_MEETINGS = (
    "Congress of Polar Sciences", "Alpine Geophysical Society", "Nordic Glaciology Meeting", "Radar Days",
    "Workshop on Wet Snow", "Summer School on Glacier Mechanics", "Forum on Sea Level",
)  # fmt: skip
_CITIES = ("Bergen", "Zürich", "Innsbruck", "Reykjavík", "Ottawa", "Θεσσαλονίκη", "札幌", "Hobart", "online")
_COURSES = (
    "Introduction to glaciology", "Physics of snow and ice", "Inverse methods in geophysics", "Field course",
    "Continuum mechanics", "Radar remote sensing", "Scientific writing", "Statistics for geoscientists",
)  # fmt: skip
_SCHOOLS = (
    "University of Vikfjord",
    "Institut für Eis- und Schneephysik",
    "University Centre in Longyearbyen",
)
_FUNDERS = (
    "Research Council of the North",
    "European Fund for Science",
    "Foundation for Mountain Regions",
    None,
)
_SERVICES = (
    ("Reviewer", "reviewing", _JOURNALS),
    ("Member of the programme committee", "committee", _MEETINGS),
    ("Member of the evaluation panel", "committee", _FUNDERS[:3]),
    ("Examiner of doctoral theses", "reviewing", _SCHOOLS),
    ("Guide at the open day", "volunteering", ("Museum of Polar History", "School of Litóchoro")),
    ("Convener", "other", _MEETINGS),
)


def create_academic(root: Path) -> Path:
    """Create the academic's site in the new folder ``root``, with pictures, and return the folder."""
    _create(ACADEMIC, root)
    docs = root / "docs"
    chance = random.Random(14)  # noqa: S311 - the same texts each time
    with (docs / "data" / "publications.bib").open("a", encoding="utf-8") as file:
        file.writelines(_publications(chance))
    for kind, generate in (
        ("talks", _talks), ("teaching", _teaching), ("grants", _grants), ("service", _service)
    ):  # fmt: skip
        _add_entries(docs / "data" / f"{kind}.yml", kind, list(generate(chance)))
    for entry in (
        *yaml.safe_load((docs / "data" / "projects.yml").read_text(encoding="utf-8"))["projects"],
        *yaml.safe_load((docs / "data" / "software.yml").read_text(encoding="utf-8"))["software"],
    ):
        if "image" in entry:
            _draw_hills(docs / entry["image"], chance)
    _draw_hills(docs / "assets" / "eleni.jpg", chance, with_person=True)
    return root


def create_graduate(root: Path) -> Path:
    """Create the graduate's site in the new folder ``root``, and return the folder."""
    return _create(GRADUATE, root)


def create_german(root: Path) -> Path:
    """Create the German site in the new folder ``root``, and return the folder."""
    return _create(GERMAN, root)


def create_arabic(root: Path) -> Path:
    """Create the Arabic site in the new folder ``root``, and return the folder."""
    return _create(ARABIC, root)


def _create(name: str, root: Path) -> Path:
    """Create the site of a person with what the project and the test persona have for everyone."""
    small_site.link_project(root)
    shutil.copytree(FOLDER / name, root, dirs_exist_ok=True)
    assets = root / "docs" / "assets"
    assets.mkdir(exist_ok=True)
    shutil.copy(persona.FOLDER / "docs" / "assets" / "favicon.svg", assets)
    titles = {kind.name: kind.title for kind in KINDS} | {
        "expeditions": "Expeditions",
        "press": "In the press",
    }
    config = (root / "mkdocs.yml").read_text(encoding="utf-8")
    for kind, title in titles.items():
        if f" {kind}.md" in config:
            _write_page(root / "docs" / f"{kind}.md", title, f"template: entries.html\nkind: {kind}\n")
    for page, title in (("timeline", "Timeline"), ("cv", "CV")):
        hidden = f"template: {page}.html\nhide: [navigation, toc]\n"
        _write_page(root / "docs" / f"{page}.md", title, hidden)
    return root


def _write_page(path: Path, title: str, front_matter: str) -> None:
    """Write a page in English, unless the person has one."""
    if path.exists():
        return
    description = f"description: {title} of a person who does not exist.\n"
    path.write_text(f"---\n{front_matter}{description}---\n# {title}\n", encoding="utf-8")


def _add_entries(path: Path, kind: str, entries: list[dict[str, Any]]) -> None:
    """Add entries to a list of the record, leaving out what has no value."""
    known = yaml.safe_load(path.read_text(encoding="utf-8"))[kind] if path.exists() else []
    filled = [{name: value for name, value in entry.items() if value} for entry in entries]
    text = yaml.safe_dump({kind: known + filled}, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")


def _title(chance: random.Random) -> str:
    subject, subject2 = chance.sample(_SUBJECTS, 2)
    place, method = chance.choice(_PLACES), chance.choice(_METHODS)
    return chance.choice(_TITLES).format(
        subject=subject, Subject=subject.capitalize(), subject2=subject2, place=place, method=method
    )


def _titles(chance: random.Random, count: int) -> list[str]:
    """Return different titles."""
    titles: dict[str, None] = {}
    while len(titles) < count:
        titles[_title(chance)] = None
    return [*titles]


def _years(count: int) -> Iterator[int]:
    """Yield a year for each of ``count`` entries: the later years have more."""
    for number in range(count):
        yield round(_FIRST + (_LAST - _FIRST) * ((number + 0.5) / count) ** 0.7)


def _date(chance: random.Random, year: int) -> str:
    """Return a date in a year, mostly exact, else of any kind of EDTF."""
    month, day = chance.randint(1, 12), chance.randint(1, 28)
    if year == _LAST:
        month = chance.randint(1, 6)
    plain = [f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{day:02}"]
    season = chance.randint(21, 22)
    rare = [f"{year}~", f"{year}?", f"{year}%", f"{year}-{season}", f"[{year - 1},{year}]", f"{year}-XX"]
    return chance.choice(plain) if chance.random() < 0.85 else chance.choice(rare)


def _period(chance: random.Random, year: int, longest: int) -> dict[str, str]:
    """Return the dates of an entry that begins in a year: also open, uncertain or as one date."""
    end = min(year + chance.randint(0, longest), _LAST)
    return chance.choice(
        [
            {"start_date": f"{year}", "end_date": f"{end}"},
            {"start_date": f"{year}-09", "end_date": f"{max(end, year + 1)}-06"},
            {"start_date": f"{year}~", "end_date": f"{end}" if end > year else ""},
            {"date": f"{year}/{end}" if end > year else f"{year}"},
            {"start_date": f"{year}", "end_date": "present" if year > _LAST - longest else f"{end + 1}?"},
            {"date": f"{year}/.." if year > _LAST - longest else f"{year}"},
        ]
    )


def _publications(chance: random.Random) -> Iterator[str]:
    count = _COUNTS["publications"]
    for number, (year, title) in enumerate(zip(_years(count), _titles(chance, count), strict=True)):
        authors = chance.sample(_COLLEAGUES, chance.choice([0, 1, 1, 2, 2, 3, 4, 7, 11]))
        authors.insert(chance.choice([0, 0, len(authors) // 2]), _OWNER)
        if chance.random() < 0.1:
            authors.append("others")
        fields = {"author": " and ".join(authors), "title": title, "date": _date(chance, year)}
        kind = chance.choice(
            ["article"] * 6 + ["inproceedings"] * 2 + ["incollection", "techreport", "online"]
        )
        first = chance.randint(1, 900)
        pages = f"{first}--{first + chance.randint(4, 30)}"
        doi = f"10.1000/ice.{year}.{number}"
        if kind == "article":
            volume = f"{year - 1954}"
            fields |= {"journal": chance.choice(_JOURNALS), "volume": volume, "pages": pages, "doi": doi}
        elif kind == "inproceedings":
            fields |= {"booktitle": f"Proceedings of the {chance.choice(_MEETINGS)}", "pages": pages}
        elif kind == "incollection":
            fields |= {"booktitle": "Advances in Glacier Physics", "publisher": "North Press", "pages": pages}
        elif kind == "techreport":
            fields |= {"institution": chance.choice(_SCHOOLS), "number": f"{number}"}
        else:
            fields |= (
                {"eprint": f"{year % 100:02}01.{number:05}", "archiveprefix": "arXiv"} if year > 2007 else {}
            )
        key = f"papadaki{year}n{number}"
        lines = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items())
        yield f"\n@{kind}{{{key}{lines}\n}}\n"


def _talks(chance: random.Random) -> Iterator[dict[str, Any]]:
    count = _COUNTS["talks"]
    for number, (year, title) in enumerate(zip(_years(count), _titles(chance, count), strict=True)):
        appearances = [
            {
                "event": event if chance.random() < 0.6 else f"{event} {year + later}",
                "date": _date(chance, min(year + later, _LAST)),
                "location": chance.choice(_CITIES),
            }
            for later, event in enumerate(chance.sample(_MEETINGS, chance.choice([1, 1, 1, 1, 2, 3])))
        ]
        slides = f"https://slides.example/{number}" if chance.random() < 0.4 else ""
        yield {"title": title, "slides": slides, "appearances": appearances}


def _teaching(chance: random.Random) -> Iterator[dict[str, Any]]:
    for number, year in enumerate(_years(_COUNTS["teaching"])):
        course = _COURSES[number % len(_COURSES)]
        yield {
            "title": course if number < len(_COURSES) else f"{course} {'II' if number < 16 else 'III'}",
            "institution": _SCHOOLS[0 if year > 1997 else 1],
            "role": chance.choice(["Lecturer", "Organiser", "Supervisor", "Guest lecturer"]),
            **_period(chance, year, 8),
            "summary": chance.choice(["", "", "Four hours a week, with exercises.", "With **excursions**."]),
            "related": ["chair"] if year > 2012 and number % 3 == 0 else [],
        }


def _grants(chance: random.Random) -> Iterator[dict[str, Any]]:
    titles = _titles(chance, _COUNTS["grants"])
    for number, (year, title) in enumerate(zip(_years(len(titles)), titles, strict=True)):
        is_last = number == len(titles) - 1
        yield {
            "id": "grant-quiet-radar" if is_last else "",
            "title": "Quiet radars for everyone" if is_last else title,
            "funder": chance.choice(_FUNDERS),
            "amount": chance.choice(["EUR 1.2 million", "NOK 8,500,000", "CHF 240,000", ""]),
            "number": f"RC-{year}-{number:03}" if chance.random() < 0.7 else "",
            "role": chance.choice(["Principal investigator", "Partner", "Co-investigator"]),
            **_period(chance, year, 5),
        }


def _service(chance: random.Random) -> Iterator[dict[str, Any]]:
    for number, year in enumerate(_years(_COUNTS["service"])):
        position, service_type, organizations = _SERVICES[number % len(_SERVICES)]
        yield {
            "organization": organizations[number // len(_SERVICES) % len(organizations)],
            "position": position,
            "type": service_type,
            **_period(chance, year, 6),
            "location": chance.choice(["", "", *_CITIES]),
        }


def _draw_hills(path: Path, chance: random.Random, *, with_person: bool = False) -> None:
    """Draw a picture: a sky and three rows of hills in one hue, the nearest the darkest."""
    width, height = (640, 800) if with_person else (960, 640)
    hue = chance.randint(120, 180)
    image = Image.new("HSV", (width, height), (hue, 30, 240))
    draw = ImageDraw.Draw(image)
    for row in range(3):
        level = height * (0.45 + 0.17 * row)
        points = [(x, level - chance.randint(0, 110)) for x in range(-80, width + 161, 80)]
        draw.polygon(
            [(-80, height), *points, (width + 160, height)], fill=(hue, 70 + 40 * row, 200 - 45 * row)
        )
    if with_person:
        for fill, box in (
            ((4, 170, 190), (110, 520, 530, 1200)),
            ((18, 90, 235), (215, 240, 425, 510)),
            ((15, 120, 60), (205, 200, 435, 330)),
        ):
            draw.ellipse(box, fill=fill)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.convert("RGB").save(path, quality=85)
