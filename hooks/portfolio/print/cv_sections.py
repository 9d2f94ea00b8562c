"""The sections and entries of a CV. `cv_data`, which has their content, takes longer to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from portfolio.config import DEFAULT_CV, CvOptions
from portfolio.record.kinds import POSTS
from portfolio.record.models import Post
from portfolio.timeline.views import Portfolio, Section


class CvPage(NamedTuple):
    """What the page of the CV shows: what the main CV has, which is `DEFAULT_CV` or else the first one.

    ``files`` are the paths of all CVs, the main one first.
    """

    sections: tuple[Section, ...]
    has_picture: bool
    files: tuple[str, ...]


def cv_page(portfolio: Portfolio, cvs: Mapping[str, CvOptions]) -> CvPage:
    """Return what the page of the CV shows."""
    files = sorted(cvs, key=lambda file: file != DEFAULT_CV)
    main = cvs[files[0]]
    return CvPage(select_sections(portfolio, main), main.picture, tuple(files))


def select_sections(portfolio: Portfolio, options: CvOptions) -> tuple[Section, ...]:
    """Return the sections of a CV with its entries, in its order; those without entries are left out."""
    sections = {section.kind: section for section in portfolio.sections if section.kind != POSTS.name}
    entries = {entry.id: entry for entry in portfolio.record if not isinstance(entry, Post)}
    selected = []
    for kind, title in (options.section_titles or dict.fromkeys(sections, "")).items():
        if (section := sections.get(kind)) is None:
            continue
        groups = section.groups
        if section.layout != "groups":
            groups = tuple(
                group._replace(entries=views)
                for group in groups
                if (views := tuple(view for view in group.entries if options.selects(entries[view.id])))
            )
        if groups:
            selected.append(replace(section, title=title or section.title, groups=groups))
    return tuple(selected)
