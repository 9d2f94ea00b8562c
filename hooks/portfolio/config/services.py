"""Services of others that a site may use; each asks another host only after the reader asks for it."""

from __future__ import annotations

from pydantic import Field

from portfolio.record.models import Model


class Comments(Model):
    """Comments below posts by giscus.app, which keeps them in the discussions of a repository."""

    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="Owner and name on GitHub.")
    repo_id: str = Field(min_length=1, description="As giscus.app tells it.")
    category: str = Field(min_length=1, description="Of the discussions.")
    category_id: str = Field(min_length=1, description="As giscus.app tells it.")


class Analytics(Model):
    """A script that counts visits, loaded only for readers who say that they may be counted."""

    src: str = Field(pattern=r"^https://\S+$", description="The address of the script.")
    attributes: dict[str, str] = Field({}, description="Its data attributes, without 'data-'.")
