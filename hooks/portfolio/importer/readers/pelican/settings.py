"""The settings of a Pelican site: ``pelicanconf.py`` and ``publishconf.py`` read as data, never executed.

`read_settings` evaluates literal values and a few expressions of literal values; what else a setting may be
is reported with its line. It derives slugs and URLs as Pelican 4 does.
"""

from __future__ import annotations

import ast
import posixpath
import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from typing import Any

from bs4 import BeautifulSoup

from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.text import is_valid_url
from portfolio.importer.input_files import InputFiles

CONFIGURATION = ("pelicanconf.py", "publishconf.py")

# The settings that URLs and pages depend on, with the defaults of Pelican 4.12.
DEFAULTS: dict[str, Any] = {
    "PATH": None,
    "SITEURL": "",
    "FEED_DOMAIN": None,
    "AUTHOR": None,
    "TIMEZONE": "UTC",
    "DEFAULT_LANG": "en",
    "PLUGINS": None,
    "MARKDOWN": {"extensions": ["codehilite", "extra", "meta"]},
    "TYPOGRIFY": False,
    "ARTICLE_PATHS": [""],
    "ARTICLE_EXCLUDES": [],
    "PAGE_PATHS": ["pages"],
    "PAGE_EXCLUDES": [],
    "STATIC_PATHS": ["images"],
    "STATIC_EXCLUDES": [],
    "TEMPLATE_PAGES": {},
    "USE_FOLDER_AS_CATEGORY": True,
    "DEFAULT_CATEGORY": "misc",
    "DEFAULT_METADATA": {},
    "DEFAULT_DATE": None,
    "FILENAME_METADATA": r"(?P<date>\d{4}-\d{2}-\d{2}).*",
    "PATH_METADATA": "",
    "EXTRA_PATH_METADATA": {},
    "SLUGIFY_SOURCE": "title",
    "SLUGIFY_USE_UNICODE": False,
    "SLUGIFY_PRESERVE_CASE": False,
    "SLUG_REGEX_SUBSTITUTIONS": [
        (r"[^\w\s-]", ""),
        (r"(?u)\A\s*", ""),
        (r"(?u)\s*\Z", ""),
        (r"[-\s]+", "-"),
    ],
    "CATEGORY_REGEX_SUBSTITUTIONS": None,
    "TAG_REGEX_SUBSTITUTIONS": None,
    "AUTHOR_REGEX_SUBSTITUTIONS": None,
    "DIRECT_TEMPLATES": ["index", "tags", "categories", "authors", "archives"],
    "INDEX_SAVE_AS": "index.html",
    "INDEX_URL": "index.html",
    "ARCHIVES_SAVE_AS": "archives.html",
    "ARCHIVES_URL": "archives.html",
    "TAGS_SAVE_AS": "tags.html",
    "TAGS_URL": "tags.html",
    "CATEGORIES_SAVE_AS": "categories.html",
    "CATEGORIES_URL": "categories.html",
    "AUTHORS_SAVE_AS": "authors.html",
    "AUTHORS_URL": "authors.html",
    "STATIC_SAVE_AS": "{path}",
    "STATIC_URL": "{path}",
    "PAGINATED_TEMPLATES": dict.fromkeys(("index", "tag", "category", "author")),
    "PAGINATION_PATTERNS": [
        (1, "{name}{extension}", "{name}{extension}"),
        (2, "{name}{number}{extension}", "{name}{number}{extension}"),
    ],
    "DEFAULT_PAGINATION": False,
    "DEFAULT_ORPHANS": 0,
    "FEED_ATOM": None,
    "FEED_RSS": None,
    "FEED_ALL_ATOM": "feeds/all.atom.xml",
    "FEED_ALL_RSS": None,
    "CATEGORY_FEED_ATOM": "feeds/{slug}.atom.xml",
    "CATEGORY_FEED_RSS": None,
    "TAG_FEED_ATOM": None,
    "TAG_FEED_RSS": None,
    "AUTHOR_FEED_ATOM": "feeds/{slug}.atom.xml",
    "AUTHOR_FEED_RSS": "feeds/{slug}.rss.xml",
    "TRANSLATION_FEED_ATOM": "feeds/all-{lang}.atom.xml",
    "TRANSLATION_FEED_RSS": None,
    **{
        f"{kind}{lang}_{key}": f"{folder}{name}.html"
        for kind, folder in (
            ("ARTICLE", ""),
            ("DRAFT", "drafts/"),
            ("PAGE", "pages/"),
            ("DRAFT_PAGE", "drafts/pages/"),
        )
        for lang, name in (("", "{slug}"), ("_LANG", "{slug}-{lang}"))
        for key in ("URL", "SAVE_AS")
    },
    **{
        f"{kind}_{key}": f"{kind.lower()}/{{slug}}.html"
        for kind in ("CATEGORY", "TAG", "AUTHOR")
        for key in ("URL", "SAVE_AS")
    },
    **{f"{period}_ARCHIVE_{key}": "" for period in ("YEAR", "MONTH", "DAY") for key in ("URL", "SAVE_AS")},
}
# Earlier names of settings.
_RENAMED = {
    "ARTICLE_DIR": "ARTICLE_PATHS",
    "PAGE_DIR": "PAGE_PATHS",
    "FEED": "FEED_ATOM",
    "CATEGORY_FEED": "CATEGORY_FEED_ATOM",
    "TAG_FEED": "TAG_FEED_ATOM",
    "TRANSLATION_FEED": "TRANSLATION_FEED_ATOM",
}
_RULES = ("SLUG", "CATEGORY", "TAG", "AUTHOR")
# The parts of a regular expression that `find_unsafe_pattern` looks at; the first two are skipped.
_PATTERN_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?[aiLmsux]+\))?|\)(?:[*+]|\{\d*,\d*\})?|[*+]|\{\d*,\d*\}",
    re.DOTALL,
)
# Larger values are no settings.
_MAX_SIZE = 100_000
# Unidecode's spelling of what is no letter with accents.
_SPELLINGS = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "’": "'", "‘": "'", "“": '"',
    "”": '"', "„": ",,", "–": "-", "—": "--", "‐": "-", "‑": "-", "−": "-", "…": "...", "×": "x",
    "€": "EUR", "£": "PS",
    "°": "deg", "«": "<<", "»": ">>", "·": "*", "•": "*", "©": "(c)", "®": "(r)",
    "\xa0": " ", "µ": "u", "μ": "m",
    "§": "SS", "±": "+-", "Ħ": "H", "ħ": "h", "Ŋ": "NG", "ŋ": "ng", "Ŧ": "T", "ŧ": "t", "‒": "-", "―": "--",
    "Ə": "@", "ə": "@",
}  # fmt: skip
# Its spelling of Cyrillic and Greek: each letter, followed by its spelling.
_SCRIPTS = (
    "ЀIe ЁIo ЂDj ЃGj ЄIe ЅDz ІI ЇYi ЈJ ЉLj ЊNj ЋTsh ЌKj ЍI ЎU ЏDzh АA БB ВV ГG ДD ЕE ЖZh ЗZ ИI ЙI КK ЛL "
    "МM НN ОO ПP РR СS ТT УU ФF ХKh ЦTs ЧCh ШSh ЩShch Ъ' ЫY Ь' ЭE ЮIu ЯIa аa бb вv гg дd еe жzh зz иi "
    "йi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ' ыy ь' эe юiu яia ѐie ёio ђdj ѓgj єie "
    "ѕdz іi їyi јj љlj њnj ћtsh ќkj ѝi ўu џdzh "
    "ʹ' ΆA ΈE ΉE ΊI ΌO ΎU ΏO ΐI ΑA ΒB ΓG ΔD ΕE ΖZ ΗE ΘTh ΙI ΚK ΛL ΜM ΝN ΞKs ΟO ΠP ΡR ΣS ΤT ΥU ΦPh ΧKh "
    "ΨPs ΩO ΪI ΫU άa έe ήe ίi ΰu αa βb γg δd εe ζz ηe θth ιi κk λl μm νn ξx οo πp ρr ςs σs τt υu φph "
    "χkh ψps ωo ϊi ϋu όo ύu ώo ϐb ϑth ϒU ϓU ϔU ϕph ϖp ϗ& ϚSt ϛst ϜW ϝw ϞQ ϟq ϠSp ϡsp ϢSh ϣsh ϤF ϥf ϦKh "
    "ϧkh ϨH ϩh ϪG ϫg ϬCH ϭch ϮTi ϯti ϰk ϱr ϲc ϳj "
)
_SPELLINGS |= {item[0]: item[1:] for item in _SCRIPTS.split()}


@dataclass
class PelicanSettings:
    """The settings of a site. ``folder`` is that of the configuration, or empty."""

    values: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    folder: str = ""
    # Where each setting is: the path of its file and its line.
    origins: dict[str, tuple[str, int]] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    _files: InputFiles | None = None

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def report(self, name: str, message: str, hint: str = "") -> None:
        """Add a problem of a setting."""
        if self._files is None or name not in self.origins:
            return
        path, line = self.origins[name]
        self.add_warning(self._files, path, line, message, hint)

    def add_warning(self, files: InputFiles, path: str, line: int, message: str, hint: str) -> None:
        """Add a warning about a file of the configuration, unless it is known."""
        warning = files.diagnose(
            path, message, hint, line=line, code="import.unsupported", severity="warning"
        )
        if warning not in self.problems:
            self.problems.append(warning)

    def slugify(self, text: str, kind: str = "SLUG") -> str:
        """Return the slug of a title, or of the name of a ``CATEGORY``, ``TAG`` or ``AUTHOR``."""
        bare = unescape(BeautifulSoup(text, "lxml").get_text()) if "<" in text else unescape(text)
        slug = unicodedata.normalize("NFKC", " ".join(bare.split()))
        if not self["SLUGIFY_USE_UNICODE"]:
            slug = to_ascii(slug)
        rules = self[f"{kind}_REGEX_SUBSTITUTIONS"]
        for pattern, replacement in self["SLUG_REGEX_SUBSTITUTIONS"] if rules is None else rules:
            slug = re.sub(pattern, replacement, slug, flags=re.IGNORECASE)
        return (slug if self["SLUGIFY_PRESERVE_CASE"] else slug.lower()).strip()

    def expand(self, name: str, values: Mapping[str, Any]) -> str:
        """Return the URL or path that a setting describes, or an empty string if there is none."""
        pattern = self[name]
        if not isinstance(pattern, str):
            return ""
        try:
            return expand_pattern(pattern, values).removeprefix("/")
        except ValueError as error:
            self.report(name, f"{quote(pattern)} cannot be read: {error}.")
            return ""


def read_settings(files: InputFiles) -> PelicanSettings:
    """Read the settings of the site in a folder; without a configuration they are Pelican's defaults."""
    paths = sorted(files.match("pelicanconf.py", "*/pelicanconf.py"), key=lambda path: path.count("/"))
    settings = PelicanSettings(_files=files)
    if not paths:
        return settings
    settings.folder = posixpath.dirname(paths[0])
    names: dict[str, Any] = {}
    for name in CONFIGURATION:
        path = posixpath.join(settings.folder, name)
        if path in files:
            _Evaluator(files, path, names, settings).run()
    for name in names:
        new = _RENAMED.get(name, name)
        if new in DEFAULTS:
            value = [names[name]] if name in ("ARTICLE_DIR", "PAGE_DIR") else names[name]
            settings.values[new] = value
            settings.origins.setdefault(new, settings.origins[name])
    _convert_substitutions(names, settings)
    _check(settings)
    return settings


def expand_pattern(pattern: str, values: Mapping[str, Any]) -> str:
    """Fill in a pattern such as ``{date:%Y}/{slug}.html``; ValueError says what it cannot be."""
    parts: list[str] = []
    for literal, name, specification, _ in string.Formatter().parse(pattern):
        parts.append(literal)
        if name is None:
            continue
        key, _, attribute = name.partition(".")
        value = values.get(key)
        if value is None:
            raise ValueError(f"{quote('{' + name + '}')} has no value")
        if isinstance(value, date) and attribute in ("year", "month", "day"):
            value = getattr(value, attribute)
        elif attribute:
            raise ValueError(f"{quote('{' + name + '}')} has no value")
        if isinstance(value, date) and specification:
            parts.append(value.strftime(specification))
        elif isinstance(value, int) and re.fullmatch(r"0?\d?d?", specification or ""):
            parts.append(format(value, specification or ""))
        elif specification:
            raise ValueError(f"{quote(specification)} is not supported")
        else:
            parts.append(str(value))
    return "".join(parts)


def to_ascii(text: str) -> str:
    """Return a text in ASCII, for the scripts of which `is_exact_in_ascii` is true as Pelican does."""
    spelled = "".join(_SPELLINGS.get(character, character) for character in text)
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()


def is_exact_in_ascii(text: str) -> bool:
    """Whether `to_ascii` knows all letters; Pelican also transliterates those of other scripts."""
    return all(to_ascii(character) for character in text if character.isalnum())


class _NotLiteralError(Exception):
    """An expression has no value that can be read."""


class _Evaluator:
    """Evaluates the assignments of a configuration into ``names``."""

    def __init__(
        self, files: InputFiles, path: str, names: dict[str, Any], settings: PelicanSettings
    ) -> None:
        self.files, self.path, self.names, self.settings = files, path, names, settings

    def run(self) -> None:
        text = self.files.read_text(self.path)
        if isinstance(text, Diagnostic):
            self.settings.problems.append(text)
            return
        try:
            module = ast.parse(text)
        except SyntaxError as error:
            self._report(error.lineno or 1, f"this is not Python: {error.msg}.")
            return
        except (ValueError, RecursionError, MemoryError):
            self._report(1, "this is not Python.")
            return
        for statement in module.body:
            self._execute(statement)

    def _execute(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                self._assign(target, statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._assign(statement.target, statement.value)
        elif isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
            load = ast.copy_location(ast.Name(getattr(statement.target, "id", "?"), ast.Load()), statement)
            self._assign(
                statement.target, ast.copy_location(ast.BinOp(load, ast.Add(), statement.value), statement)
            )
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            self._call(statement.value)
        elif not isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr | ast.Pass):
            for name, line in _assigned_names(statement):
                self._report_setting(name, line, "depends on a condition or a function")

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for inner, part in zip(target.elts, value.elts, strict=False):
                self._assign(inner, part)
            return
        base = target
        while isinstance(base, ast.Subscript):
            base = base.value
        if not isinstance(base, ast.Name):
            return
        try:
            result = self._evaluate(value)
            if isinstance(target, ast.Name):
                self.names[base.id] = result
            elif isinstance(target, ast.Subscript):
                self._evaluate(target.value)[self._evaluate(target.slice)] = result
        except (_NotLiteralError, TypeError, LookupError, RecursionError):
            self._report_setting(base.id, target.lineno, "is no literal value")
            return
        self.settings.origins[base.id] = (self.path, target.lineno)

    def _call(self, call: ast.Call) -> None:
        """Evaluate a call such as ``PLUGINS.append("a")``."""
        function = call.func
        if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
            return
        name = function.value.id
        value = self.names.get(name)
        methods: tuple[str, ...] = ()
        if isinstance(value, dict):
            methods = ("update", "setdefault")
        elif isinstance(value, list):
            methods = ("append", "extend", "insert")
        try:
            arguments = [self._evaluate(argument) for argument in call.args]
            keywords = {word.arg: self._evaluate(word.value) for word in call.keywords if word.arg}
        except (_NotLiteralError, TypeError, RecursionError):
            self._report_setting(name, call.lineno, "is no literal value")
            return
        try:
            if function.attr in methods:
                getattr(value, function.attr)(*arguments, **keywords)
        except (TypeError, ValueError):
            self._report_setting(name, call.lineno, "is no literal value")

    def _evaluate(self, node: ast.expr) -> Any:
        value = self._evaluate_parts(node)
        if isinstance(value, str | list | tuple | dict | set | bytes) and len(value) > _MAX_SIZE:
            raise _NotLiteralError
        return value

    def _evaluate_parts(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.List(elts=items):
                return [self._evaluate(item) for item in items]
            case ast.Tuple(elts=items):
                return tuple(self._evaluate(item) for item in items)
            case ast.Set(elts=items):
                return {self._evaluate(item) for item in items}
            case ast.Dict(keys=keys, values=values):
                result: dict[Any, Any] = {}
                for key, item in zip(keys, values, strict=True):
                    if key is None:
                        result.update(self._evaluate(item))
                    else:
                        result[self._evaluate(key)] = self._evaluate(item)
                return result
            case ast.Name(id=name) if name in self.names:
                return self.names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._evaluate(operand)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._add(self._evaluate(left), self._evaluate(right))
            case ast.JoinedStr(values=values):
                return "".join(str(self._evaluate(part)) for part in values)
            case ast.FormattedValue(value=value, format_spec=None):
                return self._evaluate(value)
            case ast.Subscript(value=value, slice=key):
                return self._evaluate(value)[self._evaluate(key)]
            case ast.Call(func=function, args=arguments):
                return self._evaluate_call(ast.unparse(function), arguments, node)
        raise _NotLiteralError

    def _add(self, first: Any, second: Any) -> Any:
        if type(first) is not type(second) or not isinstance(first, str | list | tuple | int):
            raise _NotLiteralError
        return first + second

    def _evaluate_call(self, function: str, arguments: list[ast.expr], node: ast.Call) -> Any:
        if function == "dict" and not arguments:
            return {word.arg: self._evaluate(word.value) for word in node.keywords if word.arg}
        if function in ("os.path.join", "path.join", "join"):
            parts = [self._evaluate(argument) for argument in arguments]
            if all(isinstance(part, str) for part in parts) and parts:
                return posixpath.join(*parts)
        if function in ("os.environ.get", "os.getenv", "environ.get", "getenv") and len(arguments) == 2:
            # The value that the site has without the variable.
            return self._evaluate(arguments[1])
        raise _NotLiteralError

    def _report_setting(self, name: str, line: int, reason: str) -> None:
        if _RENAMED.get(name, name) in DEFAULTS:
            self._report(line, f"{name} {reason}, and is not read.", "Write its value for the import.")

    def _report(self, line: int, message: str, hint: str = "") -> None:
        self.settings.add_warning(self.files, self.path, line, message, hint)


def _assigned_names(statement: ast.stmt) -> Iterator[tuple[str, int]]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, target.lineno


def _convert_substitutions(names: Mapping[str, Any], settings: PelicanSettings) -> None:
    """Read the rules for slugs of Pelican before version 4: texts instead of patterns."""
    for kind in _RULES:
        rules = names.get(f"{kind}_SUBSTITUTIONS")
        if not isinstance(rules, list | tuple):
            continue
        patterns: list[tuple[str, str]] = []
        keeps_others = False
        for rule in rules:
            if isinstance(rule, list | tuple) and len(rule) in (2, 3):
                patterns.append((re.escape(str(rule[0])), str(rule[1]).replace("\\", r"\\")))
                keeps_others |= len(rule) == 3 and bool(rule[2])
        patterns += DEFAULTS["SLUG_REGEX_SUBSTITUTIONS"][1 if keeps_others else 0 : 3 if keeps_others else 4]
        settings.values[f"{kind}_REGEX_SUBSTITUTIONS"] = patterns


def _check(settings: PelicanSettings) -> None:
    """Replace settings of the wrong type by their defaults, and report them."""
    for name, default in DEFAULTS.items():
        value = settings[name]
        if isinstance(value, tuple) and (isinstance(default, list) or name.endswith("SUBSTITUTIONS")):
            value = settings.values[name] = list(value)
        # Text and numbers may be empty in several ways.
        is_empty = not value and not isinstance(default, list | dict)
        if not is_empty and not isinstance(value, _expected_types(name, default)):
            settings.report(name, f"{name} has an unexpected type, and is not read.")
            settings.values[name] = default
    for kind in _RULES:
        name = f"{kind}_REGEX_SUBSTITUTIONS"
        if settings[name] is not None:
            settings.values[name] = list(_valid_rules(settings, name))
    for name in ("FILENAME_METADATA", "PATH_METADATA"):
        if (reason := find_unsafe_pattern(settings[name] or "")) is not None:
            settings.report(name, f"{name} is not read: {reason}.")
            settings.values[name] = ""
    patterns = [rule for rule in settings["PAGINATION_PATTERNS"] if _is_pagination_rule(rule)]
    settings.values["PAGINATION_PATTERNS"] = sorted(patterns, key=lambda rule: rule[0])
    for name in ("TRANSLATION_FEED_ATOM", "TRANSLATION_FEED_RSS", "CATEGORY_FEED_ATOM", "CATEGORY_FEED_RSS",
                 "TAG_FEED_ATOM", "TAG_FEED_RSS", "AUTHOR_FEED_ATOM", "AUTHOR_FEED_RSS"):  # fmt: skip
        if isinstance(settings[name], str):
            word = "{lang}" if name.startswith("TRANSLATION") else "{slug}"
            settings.values[name] = settings[name].replace("%s", word)
    url = str(settings["SITEURL"] or "").rstrip("/")
    if url and not (url.startswith(("http://", "https://")) and is_valid_url(url)):
        settings.report("SITEURL", f"{quote(url)} is not the URL of a site, and is not read.")
        url = ""
    settings.values["SITEURL"] = url


def _expected_types(name: str, default: object) -> tuple[type, ...]:
    if name == "MARKDOWN":
        return (dict,)
    if name == "DEFAULT_DATE":
        return (str, list, tuple)
    if name == "PLUGINS":
        return (list, tuple)
    if name.endswith("SUBSTITUTIONS"):
        return (list,)
    return (int,) if isinstance(default, int) else (str,) if default is None else (type(default),)


def _is_pagination_rule(rule: object) -> bool:
    return isinstance(rule, list | tuple) and len(rule) == 3 and isinstance(rule[0], int)


def _valid_rules(settings: PelicanSettings, name: str) -> Iterator[tuple[str, str]]:
    for rule in settings[name]:
        if not (isinstance(rule, list | tuple) and len(rule) == 2 and all(isinstance(p, str) for p in rule)):
            settings.report(name, f"a rule of {name} is no pair of texts, and is not read.")
        elif (reason := find_unsafe_pattern(rule[0]) or _find_template_error(*rule)) is not None:
            settings.report(name, f"the rule {quote(rule[0])} is not read: {reason}.")
        else:
            yield unicodedata.normalize("NFKC", rule[0]), unicodedata.normalize("NFKC", rule[1])


def find_unsafe_pattern(pattern: object) -> str | None:
    """Return why a regular expression cannot be used, or None.

    A repetition of repetitions may take exponential time.
    """
    if not isinstance(pattern, str):
        return "it is no text"
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"{error}"
    # Of each open group: whether it contains a repetition.
    groups = [False]
    for token in _PATTERN_TOKEN.finditer(pattern):
        if token[0] == "(":
            groups.append(False)
        elif token[0].startswith(")") and len(groups) > 1:
            repeats = groups.pop()
            if len(token[0]) > 1 and repeats:
                return "it repeats a repetition"
            groups[-1] |= repeats or len(token[0]) > 1
        elif token[0][0] in "*+{":
            groups[-1] = True
    return None


def _find_template_error(pattern: str, replacement: str) -> str | None:
    try:
        re.sub(pattern, replacement, "")
    except (re.error, IndexError) as error:
        return f"{error}"
    return None
