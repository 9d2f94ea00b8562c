"""Load ``profile.yml``: who the owner of the site is, and how to reach the owner."""

from __future__ import annotations

from portfolio.core.cache import CacheFile
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.positions import Document, KeyPath, load_yaml_file
from portfolio.core.runs import parse_markdown
from portfolio.core.validation import validate
from portfolio.record.people import OUTPUTS, ProfileDetails
from portfolio.sources.mkdocs_yml import SitePaths
from portfolio.sources.record_checks import check_link

FILE = "profile.yml"


def load_profile(
    paths: SitePaths, cache: CacheFile | None = None
) -> tuple[Document, ProfileDetails, list[Diagnostic]]:
    """Load the profile, which may be missing or empty; return its file and every problem in it, sorted.

    Invalid values are left out. So is an e-mail address or a phone number that may appear nowhere: nothing
    that follows can publish it. The ``cache`` has valid values.
    """
    cache = cache or CacheFile()
    document, problems = load_yaml_file(paths.data / FILE, paths.root)
    if document.data is None:
        return document, ProfileDetails(), problems
    inputs = ("profile", repr(document.data))
    details = cache.get(inputs)
    if details is None:
        valid, invalid = validate(ProfileDetails, document, ())
        details = valid or ProfileDetails()
        problems += invalid
        if not invalid:
            cache.put(inputs, details)
    for key in ("email", "phone"):
        contact = getattr(details, key)
        if contact is None or contact.show:
            continue
        details = details.model_copy(update={key: None})
        if "show" not in contact.model_fields_set:
            message = "appears nowhere, because it does not say where."
            hint = f"Write {key}: {{value: …, show: [{', '.join(OUTPUTS)}]}} with any of these."
            code = "profile.hidden-contact"
            problems.append(document.diagnose((key,), message, hint, code=code, severity="info"))
    links: list[tuple[KeyPath, str]] = [
        (("summary",), run.url) for run in parse_markdown(details.summary or "") if run.url
    ]
    links += [(("links", index, "link"), profile.link) for index, profile in enumerate(details.links)]
    for at, url in links:
        if fault := check_link(url, paths.docs):
            problems.append(document.diagnose(at, *fault, code="record.broken-link"))
    return document, details, sorted({*problems})
