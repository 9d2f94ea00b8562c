"""Runs Lighthouse on pages, as on a mid-range phone with a slow connection."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.audit.checks import Target
from tests.audit.report import Figure
from tests.support import chromium, html, project

_PROGRAM = Path(__file__).with_suffix(".mjs")
_NODE = Path(sys.executable).parent / "node"  # of the virtual environment
_PACKAGE = project.ROOT / "tests" / "node_modules" / "lighthouse" / "package.json"
# The categories of the first run, whose result does not vary, and the metrics of each run.
_SCORES = ("accessibility", "best-practices", "seo")
_MEDIANS = ("performance", "lcp", "tbt", "cls")


def read_version() -> str:
    return str(json.loads(_PACKAGE.read_text(encoding="utf-8"))["version"])


def measure(targets: list[Target], runs: int) -> Iterator[Figure]:
    """Audit each page ``runs`` times, one after the other, and yield its figures."""
    by_url = {target.url: target for target in targets}
    results: dict[str, list[dict[str, Any]]] = defaultdict(list)
    program = str(chromium.find_chromium())
    command: list[str | Path] = [
        _NODE,
        _PROGRAM,
        str(runs),
        program,
        "--headless=new",
        "--no-sandbox",
        *chromium.FLAGS,
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", cwd=project.ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([*by_url]))
        process.stdin.close()
        for line in process.stdout:
            result = json.loads(line)
            url = result["url"]
            results[url].append(result)
            if len(results[url]) == runs:
                yield from _figures(by_url[url], results[url])
    for url in by_url.keys() - results.keys():
        yield Figure(by_url[url].site.name, by_url[url].kind, "performance", (), ("Lighthouse ended early",))


def _figures(target: Target, results: list[dict[str, Any]]) -> Iterator[Figure]:
    site, kind = target.site.name, target.kind
    first = results[0]
    if error := next((result["error"] for result in results if "error" in result), ""):
        yield Figure(site, kind, "performance", (), (error,))
        return
    for metric in _MEDIANS:
        yield Figure(site, kind, metric, tuple(float(result[metric]) for result in results))
    for category in _SCORES:
        # Lighthouse asks that search engines index every page. Some, such as 404, are not for them.
        if category != "seo" or not _is_excluded_from_indexes(target):
            yield Figure(site, kind, category, (float(first[category]),), tuple(first["failed"]))


def _is_excluded_from_indexes(target: Target) -> bool:
    page = html.parse(target.site.file(target.kind))
    return any("noindex" in value for value in html.attribute_values(page, "meta[name=robots]", "content"))
