"""The sections and entries of a CV. `cv_data`, which has their content, takes longer to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from portfolio.config import DEFAULT_CV, CvOptions
from portfolio.record.kinds import POSTS
from portfolio.record.models import Post
from portfolio.timeline.views import Portfolio, Section


@dataclass(frozen=True)
class CvPage:
    """What the page of the CV shows: what the main CV has, which is `DEFAULT_CV` or else the first one."""

    portfolio: Portfolio
    cvs: Mapping[str, CvOptions]

    @property
    def files(self) -> list[str]:
        """The paths of all CVs, the main one first."""
        return sorted(self.cvs, key=lambda file: file != DEFAULT_CV)

    @property
    def has_picture(self) -> bool:
        """Whether the main CV has the owner's picture."""
        return self.cvs[self.files[0]].picture

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections of the main CV."""
        return select_sections(self.portfolio, self.cvs[self.files[0]])


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
