"""The kinds of entries: one declaration each, which loading, pages, timeline, CV and exports follow.

To add a kind, write its model in `portfolio.record.models` and its `Kind` here; see ``hooks/README.md``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from portfolio.core.i18n import N_
from portfolio.core.i18n import gettext as _
from portfolio.core.text import is_reserved
from portfolio.record import models
from portfolio.record.models import Fact, Post

Entry = Fact | Post
# How lists show the entries of a kind.
#   engagements: by employer or school, with descriptions
#   works: as references in the citation style
#   cards: with a picture
#   entries: by year
#   groups: a name with its keywords, without dates
Layout = Literal["engagements", "works", "cards", "entries", "groups"]


@dataclass(frozen=True)
class Export:
    """How a format has the entries of a kind.

    ``mapping`` has the keys of the format, each with the field or property of the model that has its value:
    ``name=company``, or ``url`` if both have the same name. With ``url=url+slides``, a list in the format has
    the values of both, and anything else that of the first that has one. How a value is written follows from
    the name of its field; see `portfolio.timeline.exported_fields`, which adds a few names.

    ``place`` is where the entries are: a list of JSON Resume, a section of RenderCV if it is not the title of
    the kind, or a property that a person has in schema.org. ``type`` is what the format calls such an entry.
    """

    mapping: str
    place: str = ""
    type: str = ""

    @cached_property
    def fields(self) -> dict[str, tuple[str, ...]]:
        """The names of fields, by the keys of the format."""
        pairs = (pair.partition("=") for pair in self.mapping.split())
        return {key: tuple((names or key).split("+")) for key, _equals, names in pairs}


def _resume_project(name: str, mapping: str, type_: str = "") -> Export:
    """Return an export for what JSON Resume has no list of: it is a project of some type."""
    mapping = f"name={name} description=summary {mapping} startDate=start endDate=end"
    return Export(mapping, "projects", type_)


@dataclass(frozen=True)
class Kind:
    """A kind of entry.

    ``name`` is the key in YAML, ``title`` the heading of a list (see `heading`), ``selection_title`` that of
    a list of selected entries, and ``noun`` what messages call one entry.
    ``title_field`` and ``organisation_field`` are fields or properties of the model; a list in the layout
    ``engagements`` has the organisation as heading. ``facts`` are the fields below the title, in this order.
    ``links`` are fields with URLs, each with its label; ``url`` itself is the link of the title.
    ``on_timeline``: its entries have a lane in the chart and a section below it.

    Without an `Export`, JSON Resume has the entries as projects, and RenderCV as names with dates, a text and
    highlights; schema.org (``json_ld``), and BibTeX and CSL-JSON (``bibliography``), leave them out.
    """

    name: str
    model: type[Entry]
    title: str
    noun: str
    layout: Layout = "entries"
    title_field: str = "title"
    organisation_field: str = ""
    facts: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    on_timeline: bool = True
    file: str = ""
    json_resume: Export | None = None
    rendercv: Export | None = None
    json_ld: Export | None = None
    bibliography: Export | None = None
    selection_title: str = ""

    def __post_init__(self) -> None:
        if not self.file:
            object.__setattr__(self, "file", f"{self.name}.yml")

    @property
    def heading(self) -> str:
        """The title in the language of the site; that of a section of the owner's own as it is written."""
        return self.title if self.file == SECTIONS_FILE else _(self.title)

    @property
    def selection_heading(self) -> str:
        """The heading of the selected entries, in the language of the site."""
        if self.selection_title:
            return _(self.selection_title)
        return _("Selected %(title)s", title=self.heading)

    def title_of(self, entry: Entry) -> str:
        """Return the title of an entry as plain text."""
        return str(getattr(entry, self.title_field) or "")

    def organisation_of(self, entry: Entry) -> str:
        """Return the employer or school of an entry; empty if the kind has none."""
        return str(getattr(entry, self.organisation_field) or "") if self.organisation_field else ""


CAREER_FILE = "career.yml"
PUBLICATIONS_FILE = "publications.bib"
SECTIONS_FILE = "sections.yml"

# The template of the pages that list one kind of entries, which their front matter names as ``kind``.
ENTRIES_TEMPLATE = "entries.html"
TIMELINE_TEMPLATE = "timeline.html"
PROJECTS = "projects"
# The page that lists projects, which a build generates if there are projects and no other page lists them;
# and the folder of the pages with their stories.
PROJECTS_PAGE, _STORIES_FOLDER = "projects.md", "projects"

# In the order of the timeline and of the CV.
KINDS = (
    Kind(
        "roles",
        models.Role,
        title=N_("Roles"),
        noun="a role",
        layout="engagements",
        title_field="position",
        organisation_field="company",
        facts=("location",),
        file=CAREER_FILE,
        json_resume=Export(
            "name=company position location url startDate=start endDate=end summary highlights", "work"
        ),
        rendercv=Export("company position location url summary highlights", "Experience"),
        json_ld=Export("name=company url", type="Organization"),
    ),
    Kind(
        "education",
        models.Education,
        title=N_("Education"),
        noun="education",
        layout="engagements",
        organisation_field="institution",
        facts=("location",),
        file=CAREER_FILE,
        json_resume=Export(
            "institution location url area studyType=degree startDate=start endDate=end summary highlights",
            "education",
        ),
        rendercv=Export("institution area degree location url summary highlights"),
        json_ld=Export("name=institution url", type="EducationalOrganization"),
    ),
    Kind(
        PROJECTS,
        models.Project,
        title=N_("Projects"),
        selection_title=N_("Selected projects"),
        noun="a project",
        layout="cards",
        title_field="name",
        facts=("entity", "role"),
        links={"code": N_("Code"), "demo": N_("Demo"), "paper": N_("Paper"), "video": N_("Video")},
        json_resume=_resume_project(
            "name", "highlights keywords=tags url=url+code+demo+paper+video roles=role entity"
        ),
        json_ld=Export(
            "name url description=summary keywords=tags image sourceOrganization=entity", type="CreativeWork"
        ),
    ),
    Kind(
        "publications",
        models.Publication,
        title=N_("Publications"),
        selection_title=N_("Selected publications"),
        noun="a publication",
        layout="works",
        facts=("venue",),
        links={
            "arxiv_url": "arXiv",
            "doi_url": "DOI",
            "pdf": "PDF",
            "code": N_("Code"),
            "slides": N_("Slides"),
            "video": N_("Video"),
        },
        file=PUBLICATIONS_FILE,
        json_resume=Export(
            "name=title publisher=venue releaseDate=date url=url+doi_url+arxiv_url summary=abstract",
            "publications",
        ),
        rendercv=Export("title authors=author doi url=url+doi_url+arxiv_url journal=venue summary=abstract"),
    ),
    Kind(
        "patents",
        models.Patent,
        title=N_("Patents"),
        selection_title=N_("Selected patents"),
        noun="a patent",
        facts=("office", "number", "status"),
        json_resume=_resume_project("title", "entity=office highlights=number+status url", "patent"),
        rendercv=Export("name=title url summary highlights=inventors+facts"),
        json_ld=Export(
            "name=title creator=inventors identifier=number creativeWorkStatus=status url "
            "description=summary",
            type="CreativeWork",
        ),
        bibliography=Export(
            "title author=inventors number note=office pubstate=status url abstract=summary", type="patent"
        ),
    ),
    Kind(
        "talks",
        models.Talk,
        title=N_("Talks"),
        selection_title=N_("Selected talks"),
        noun="a talk",
        links={"slides": N_("Slides"), "video": N_("Video")},
        json_resume=_resume_project("title", "highlights=appearances url=url+slides+video", "talk"),
        json_ld=Export("name=title url=url+slides+video description=summary", type="CreativeWork"),
    ),
    Kind(
        "software",
        models.Software,
        title=N_("Software"),
        selection_title=N_("Selected software"),
        noun="software",
        title_field="name",
        facts=("role",),
        json_resume=_resume_project("name", "keywords=tags url roles=role", "application"),
        json_ld=Export("name url description=summary keywords=tags image", type="SoftwareSourceCode"),
    ),
    Kind(
        "teaching",
        models.Teaching,
        title=N_("Teaching"),
        selection_title=N_("Selected teaching"),
        noun="teaching",
        facts=("role", "institution", "location"),
        # Not a course, which it may not be.
        json_resume=_resume_project("title", "highlights url roles=role entity=institution", "teaching"),
    ),
    Kind(
        "grants",
        models.Grant,
        title=N_("Grants"),
        selection_title=N_("Selected grants"),
        noun="a grant",
        facts=("funder", "number", "amount", "role"),
        json_resume=_resume_project(
            "title", "highlights=number+amount url roles=role entity=funder", "grant"
        ),
        json_ld=Export("name=title identifier=number funder url description=summary", "funding", "Grant"),
    ),
    Kind(
        "awards",
        models.Award,
        title=N_("Awards"),
        selection_title=N_("Selected awards"),
        noun="an award",
        facts=("awarder",),
        json_resume=Export("title date awarder summary url", "awards"),
        json_ld=Export("name=title+awarder+when", "award"),
    ),
    Kind(
        "certificates",
        models.Certificate,
        title=N_("Certificates"),
        selection_title=N_("Selected certificates"),
        noun="a certificate",
        title_field="name",
        facts=("issuer",),
        json_resume=Export("name date url issuer summary", "certificates"),
        json_ld=Export(
            "name recognizedBy=issuer dateCreated=date url description=summary",
            "hasCredential",
            "EducationalOccupationalCredential",
        ),
    ),
    Kind(
        "service",
        models.Service,
        title=N_("Service"),
        selection_title=N_("Selected service"),
        noun="service",
        title_field="position",
        facts=("organization", "location"),
        json_resume=Export(
            "organization position type location url startDate=start endDate=end summary highlights",
            "volunteer",
        ),
        rendercv=Export("company=organization position location url summary highlights"),
    ),
    Kind(
        "skills",
        models.Skill,
        title=N_("Skills"),
        noun="a group of skills",
        layout="groups",
        title_field="name",
        facts=("level",),
        on_timeline=False,
        json_resume=Export("name level keywords", "skills"),
        json_ld=Export("name keywords", "knowsAbout"),
    ),
    Kind(
        "languages",
        models.Language,
        title=N_("Languages"),
        noun="a language",
        layout="groups",
        title_field="language",
        facts=("fluency",),
        on_timeline=False,
        json_resume=Export("language fluency", "languages"),
        json_ld=Export("name=language", "knowsLanguage", "Language"),
    ),
    Kind(
        "interests",
        models.Interest,
        title=N_("Interests"),
        noun="an interest",
        layout="groups",
        title_field="name",
        on_timeline=False,
        json_resume=Export("name keywords", "interests"),
    ),
)
# The id of the own section whose entries JSON Resume has in its list of that name: a name and a text each.
_REFERENCES = "references"
# The posts of the blog. They have files of their own, and their heading is the title of the blog.
POSTS = Kind("posts", Post, title=N_("Posts"), noun="a post")
# The anchor of the text of a page.
CONTENT_ANCHOR = "content"
# What no section of the owner's own may be called.
RESERVED_NAMES = frozenset(kind.name for kind in (*KINDS, POSTS))
_BY_MODEL: dict[type[Entry], Kind] = {kind.model: kind for kind in (*KINDS, POSTS)}


def own_kind(section: models.OwnSection) -> Kind:
    """Return the kind of the entries of a section of the owner's own."""
    return Kind(
        section.id,
        models.SectionEntry,
        title=section.title,
        noun=f"an entry of {section.id}",
        title_field="name",
        facts=("organization", "location"),
        on_timeline=section.timeline,
        file=SECTIONS_FILE,
        json_resume=Export("name reference=summary", _REFERENCES)
        if section.id == _REFERENCES
        else _resume_project("name", "highlights url entity=organization", section.title),
    )


def kind_name(entry: Entry) -> str:
    """Return the name of the kind of an entry; for an entry of an own section, the section's id."""
    return entry.section if isinstance(entry, models.SectionEntry) else _BY_MODEL[type(entry)].name


def listed_kind(front_matter: Mapping[str, object]) -> str:
    """Return the name of the kind that a page lists, by its front matter; empty if it lists none."""
    is_list = front_matter.get("template") == ENTRIES_TEMPLATE
    return str(front_matter.get("kind") or "") if is_list else ""


def story_paths(id: str) -> tuple[str, str]:
    """Return the paths that the page with the story of a project may have; see `story_id`."""
    return f"{_STORIES_FOLDER}/{id}.md", f"{_STORIES_FOLDER}/{id}/index.md"


def story_id(path: str) -> str:
    """Return the id of the project whose story is the page at a path below the documents folder.

    The path is ``projects/<id>.md`` or ``projects/<id>/index.md``; of any other page the id is empty.
    """
    folder, _slash, name = path.partition("/")
    if folder != _STORIES_FOLDER:
        return ""
    stem = posixpath.splitext(name)[0]
    return stem.rpartition("/")[0] if is_reserved(stem) else stem
