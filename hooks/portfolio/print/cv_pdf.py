"""CVs as tagged PDFs (PDF/UA-1, ISO 14289-1), typeset by Typst from a design or the owner's own template.

The content goes in as JSON (`cv_data`), so nothing in the record is read as markup. The bytes depend only on
the record, the template with the files beside it, the picture and the packages. The file therefore has no
date of its own: a build date would differ each time.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from portfolio.config import DEFAULT_CV, TEMPLATE_SUFFIX, CvOptions, diagnose_cv
from portfolio.core import i18n
from portfolio.core.cache import Cache, cache_key
from portfolio.core.diagnostics import Diagnostic, ExportLoss, did_you_mean, join_words, quote
from portfolio.core.files import check_name, display_path, is_file, walk_files
from portfolio.core.positions import Lines
from portfolio.images.catalog import resolve_path
from portfolio.images.image_info import decode_upright, detect_format, encode_pixels, read_info
from portfolio.images.svg_sanitizer import sanitize_svg
from portfolio.print.fonts import Typefaces, complex_scripts, describe_missing
from portfolio.print.typst_compiler import (
    TEMPLATES,
    Limits,
    Message,
    TypesettingError,
    WorkElsewhere,
    print_fingerprint,
    print_pages,
    work_here,
)
from portfolio.record.people import Profile
from portfolio.sources.mkdocs_yml import SitePaths
from portfolio.timeline.views import Portfolio

# The file of the shared functions, which own templates may import, too.
BASE = "cv-base.typ"
# For a picture of 30 mm at 400 pixels per inch.
_PICTURE_PIXELS, _PICTURE_QUALITY = 480, 88
# An own template may contain any program. A CV of 300 entries needs two seconds.
_LIMITS = Limits(seconds=60, megabytes=4_000)
# A package of Typst in a line that is no comment.
_PACKAGE = re.compile(r'^(?!\s*//).*?"(@[\w-]+/[^"\s]*)"', re.MULTILINE)
# A template may open any file in its folder, so all of them are read.
_MAX_FOLDER_MEGABYTES = 50
# What the compiler says of a package whose name is computed.
_NO_DOWNLOAD = "failed to download package"
# The compiler maps each glyph to all characters of its cluster and adds ActualText (ISO 32000-1, 14.9.4),
# which not all programs read, and which is missing for parts of Bengali and Khmer.
_GARBLED = "{} is drawn correctly, but may be garbled when a program extracts the text of the PDF."


@dataclass(frozen=True)
class Design:
    """A template, and all files that it may open, by their paths below its folder.

    ``folder`` is the folder of an own template as diagnostics name it; empty for a design of this project.
    """

    template: str
    files: Mapping[str, bytes]
    folder: str = ""


class RenderedCv(NamedTuple):
    """A CV as PDF, the number of its pages, what it leaves out, and the compiler's warnings."""

    pdf: bytes
    pages: int
    losses: list[ExportLoss]
    warnings: list[Message]


@dataclass(frozen=True)
class CvTypesetter:
    """Typesets the CVs of a site. ``config`` is its ``mkdocs.yml``.

    ``remember`` returns the result of a function, or that of an earlier build if its other arguments, on
    which alone the result depends, were the same.
    """

    portfolio: Portfolio
    profile: Profile
    paths: SitePaths
    config: Path
    fonts: Typefaces
    cache: Cache = field(default_factory=Cache)
    work_elsewhere: WorkElsewhere = work_here
    remember: Callable[..., Any] = lambda compute, *_inputs: compute()

    def typeset(self, file: str, options: CvOptions) -> tuple[RenderedCv | None, list[Diagnostic]]:
        """Return a CV, or None if its template is not usable, and everything that is wrong with it.

        Raises TypesettingError if a design of this project is rejected.
        """
        design, problems = load_design(file, options, self.paths, self.config)
        if design is None:
            return None, problems
        picture, files = "", design.files
        if options.picture and (loaded := self._load_picture()):
            picture, content = loaded
            files = {**files, picture.lstrip("/"): content}
        inputs = (i18n.fingerprint(), self.portfolio, self.profile, options, picture)
        try:
            rendered = render(
                self.remember(lambda: _build_data(*inputs[1:]), "CV", *inputs),
                self.fonts,
                self.cache,
                self.work_elsewhere,
                replace(design, files=files),
                file,
            )
        except TypesettingError as error:
            if not design.folder:
                raise
            return None, [*problems, _locate(error.message, design)]
        if design.folder:
            warnings = (_locate(message, design) for message in rendered.warnings)
            problems += (replace(warning, severity="info") for warning in warnings)
        if options.pages is not None and rendered.pages > options.pages:
            message = f"{file} has {rendered.pages} pages."
            hint = "Select fewer entries or sections, or write 'design: compact'."
            at, code = ("pages",), "cv.too-many-pages"
            problems.append(diagnose_cv(self.config, file, at, message, hint, code=code))
        return rendered, problems

    def _load_picture(self) -> tuple[str, bytes] | None:
        """Return the path and the content of the profile's picture, in a format that the compiler reads.

        It is None if there is none, or if it cannot be used, which the checks of the site report.
        """
        name = resolve_path("", self.profile.details.picture or "")
        try:
            image_format = detect_format(name)
            content = (self.paths.docs / name).read_bytes()
            key = cache_key(print_fingerprint(__name__, self.fonts), content, image_format)
            if (portable := self.cache.get(key)) is None:
                read_info(content, image_format)
                portable = sanitize_svg(content) if image_format == "SVG" else _encode_portable(content)
                self.cache.put(key, portable)
        except (
            OSError,
            ValueError,
        ):  # ImageError is a ValueError, and so is that of a path with a null byte.
            return None
        extension = "svg" if image_format == "SVG" else "jpg"
        return f"/picture.{extension}", portable


def _build_data(
    portfolio: Portfolio, profile: Profile, options: CvOptions, picture_path: str = ""
) -> dict[str, Any]:
    """Return the content of a CV as JSON."""
    from portfolio.print import cv_data

    alt = profile.details.picture_alt or profile.name
    picture = cv_data.Picture(path=picture_path, alt=alt) if picture_path else None
    return cv_data.build(portfolio, profile, options, picture).model_dump(mode="json")


def _encode_portable(content: bytes) -> bytes:
    """Return an image as a small JPEG on white, upright, in sRGB and without metadata. Raises ImageError."""
    from PIL import Image

    image = decode_upright(content, _PICTURE_PIXELS)
    image.thumbnail((_PICTURE_PIXELS * 2, _PICTURE_PIXELS * 2), Image.Resampling.LANCZOS)
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image if image.mode == "RGBA" else None)
    return encode_pixels(flat, "JPEG", quality=_PICTURE_QUALITY)


def _locate(message: Message, design: Design) -> Diagnostic:
    """Return what the compiler says about an own template, at its innermost code that led to it."""
    own = (place for place in message.places if place[0] in design.files and place[0] != BASE)
    path, line, column = next(own, (design.template, 1, 1))
    path = f"{design.folder}/{path}"
    if _NO_DOWNLOAD in message.text:
        return _reject_package("this", path, line, column)
    return Diagnostic(path, line, column, "", message.text, code="cv.invalid-template")


def packaged_design(name: str) -> Design:
    """Load a design of this project."""
    template = f"{name}{TEMPLATE_SUFFIX}"
    return Design(template, {file: (TEMPLATES / file).read_bytes() for file in (template, BASE)})


def load_design(
    file: str, options: CvOptions, paths: SitePaths, config: Path
) -> tuple[Design | None, list[Diagnostic]]:
    """Load the design of a CV, None if it is not usable, and everything that is wrong with it.

    An own template may open the files in its folder and below, and none elsewhere.
    """
    if not options.design.endswith(TEMPLATE_SUFFIX):
        return packaged_design(options.design), []
    template = Path(os.path.normpath(paths.root / options.design))
    message = hint = ""
    if not template.is_relative_to(paths.data):
        message = f"{quote(options.design)} is not in {display_path(paths.data, paths.root)}."
        hint = "Put the template there, beside the record: it is not published."
    elif not is_file(template):
        known = (display_path(path, paths.root) for path in walk_files(paths.data) if path.suffix == ".typ")
        message, hint = f"there is no file {quote(options.design)}.", did_you_mean(options.design, known)
    if message:
        at, code = ("design",), "cv.missing-template"
        return None, [diagnose_cv(config, file, at, message, hint, code=code)]
    size, folder, files = 0, template.parent, {BASE: (TEMPLATES / BASE).read_bytes()}
    for path in walk_files(folder, stays_inside=True):
        if path.is_file() and not path.name.startswith(".") and check_name(path, paths.root) is None:
            try:
                size += path.stat().st_size
                if size > _MAX_FOLDER_MEGABYTES * 1_000_000:
                    message = f"its folder has more than {_MAX_FOLDER_MEGABYTES} MB."
                    hint = "Put it into a folder with only the files that it opens."
                    name = display_path(template, paths.root)
                    return None, [Diagnostic(name, 1, 1, "", message, hint, code="file.too-large")]
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
            except OSError as error:
                name, message = display_path(path, paths.root), f"this cannot be read: {error.strerror}."
                return None, [Diagnostic(name, 1, 1, "", message, code="file.unreadable")]
    design = Design(template.name, files, display_path(folder, paths.root))
    problems = [*_find_packages(design)]
    return None if problems else design, problems


def _find_packages(design: Design) -> Iterator[Diagnostic]:
    """Yield the packages that the files of a template import: the compiler would download them."""
    for name, content in design.files.items():
        text = content.decode("utf-8", "replace") if name.endswith(TEMPLATE_SUFFIX) else ""
        for match in _PACKAGE.finditer(text):
            line, column = Lines(text).position(match.start(1) - 1)
            yield _reject_package(quote(match[1]), f"{design.folder}/{name}", line, column)


def _reject_package(subject: str, path: str, line: int, column: int) -> Diagnostic:
    message = f"{subject} is a package of the network, which a build does not use."
    hint = "Copy what you need of it into a file beside the template, and import that."
    return Diagnostic(path, line, column, "", message, hint, code="cv.package")


def render(
    cv: dict[str, Any],
    fonts: Typefaces,
    cache: Cache | None = None,
    work_elsewhere: WorkElsewhere = work_here,
    design: Design | None = None,
    file: str = DEFAULT_CV,
) -> RenderedCv:
    """Render `cv_data` as PDF, and report each entry with characters that are missing or may be garbled.

    ``design`` is the classic one by default. The cache holds the whole result. Raises TypesettingError.
    """
    cache, design = cache or Cache(), design or packaged_design("classic")
    inputs = (part for name in sorted(design.files) for part in (name, design.files[name]))
    code = print_fingerprint(__name__, fonts)
    key = cache_key(code, file, json.dumps(cv, sort_keys=True), design.template, *inputs)
    limits = _LIMITS if design.folder else None

    def print_cv() -> bytes:
        drawable, losses = _replace_missing(cv, fonts, file)
        printed = print_pages(design.template, design.files, fonts, {"cv": drawable}, limits)
        header = {
            "pages": printed.pages,
            "warnings": printed.warnings,
            "losses": [(loss.export, loss.id, loss.message) for loss in losses],
        }
        return json.dumps(header).encode() + b"\n" + printed.pdf

    result = cache.get(key)
    # The compiler of an own template has a process of its own.
    if result is None and limits is None:
        work_elsewhere(lambda: cache.compute(key, print_cv), 1)
    result = result or cache.compute(key, print_cv)
    header, _, pdf = result.partition(b"\n")
    outcome = json.loads(header)
    return RenderedCv(
        pdf,
        outcome["pages"],
        [ExportLoss(*fields) for fields in outcome["losses"]],
        [Message.from_json(message) for message in outcome["warnings"]],
    )


def export_losses(
    portfolio: Portfolio, profile: Profile, fonts: Typefaces, cvs: Mapping[str, CvOptions]
) -> list[ExportLoss]:
    """Return the losses of all CVs without typesetting."""
    return [
        loss
        for file, options in cvs.items()
        for loss in _replace_missing(_build_data(portfolio, profile, options), fonts, file)[1]
    ]


def _replace_missing(
    cv: dict[str, Any], fonts: Typefaces, file: str
) -> tuple[dict[str, Any], list[ExportLoss]]:
    """Return the CV with only characters that the fonts have, and the losses."""
    losses: list[ExportLoss] = []

    def replace_in(part: Any, id: str) -> Any:
        drawable, missing = fonts.replace_missing(part)
        if missing:
            losses.append(ExportLoss(file, id, describe_missing(missing)))
        if scripts := sorted(complex_scripts(json.dumps(part, ensure_ascii=False))):
            losses.append(ExportLoss(file, id, _GARBLED.format(join_words(scripts))))
        return drawable

    sections = [
        {
            **section,
            # PDF/UA rejects an empty heading.
            "title": replace_in(section["title"], "").strip() or section["kind"],
            "entries": [replace_in(entry, entry["id"]) for entry in section["entries"]],
        }
        for section in cv["sections"]
    ]
    return {**cv, "profile": replace_in(cv["profile"], ""), "sections": sections}, losses
