"""Whatever is edited, a build with what was kept makes what a build from nothing makes.

``INCREMENTAL_EXAMPLES`` and ``INCREMENTAL_STEPS`` make it longer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.support import project
from tests.support.builder import Builder
from tests.support.edited import CATEGORIES, HOOK, PIECES, SETTINGS, TAGS, Site, Text

EXAMPLES = int(os.environ.get("INCREMENTAL_EXAMPLES", "3"))
STEPS = int(os.environ.get("INCREMENTAL_STEPS", "8"))
# The day on which all is built.
MOMENT = "1795440000"

names = st.sampled_from([f"p{number}.md" for number in range(6)])
pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(tuple)
texts = st.builds(
    Text,
    st.sampled_from(["", "A title", "Another *title*", "Third & last"]),
    st.integers(1, 6),
    st.sampled_from(CATEGORIES),
    st.lists(st.sampled_from(TAGS), min_size=1, max_size=2, unique=True).map(tuple),
    st.sampled_from([False, False, False, True]),
    pieces,
    pieces,
)


class Edits(RuleBasedStateMachine):
    """A site that is edited at random, and built in both ways after each edit."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="incremental-"))
        self.builder = Builder({"SOURCE_DATE_EPOCH": MOMENT})
        self.site = Site(self.folder, self.builder)
        self.strict = False

    def teardown(self) -> None:
        self.builder.close()
        shutil.rmtree(self.folder)

    @initialize(plain=st.booleans())
    def begin(self, plain: bool) -> None:
        self.site.plain = plain
        self.site.begin()

    @rule(name=names, text=texts)
    def write_a_post(self, name: str, text: Text) -> None:
        self.site.write(f"docs/blog/posts/{name}", str(text))

    @rule(data=st.data(), piece=st.sampled_from(PIECES))
    def add_to_a_body(self, data: Any, piece: str) -> None:
        path = self.folder / "docs/blog/posts" / data.draw(st.sampled_from(self.site.posts()))
        path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{piece}\n", encoding="utf-8")

    @rule(data=st.data())
    def delete_a_post(self, data: Any) -> None:
        if len(self.site.posts()) > 1:
            (self.folder / "docs/blog/posts" / data.draw(st.sampled_from(self.site.posts()))).unlink()

    @rule(data=st.data(), name=names)
    def rename_a_post(self, data: Any, name: str) -> None:
        folder = self.folder / "docs/blog/posts"
        (folder / data.draw(st.sampled_from(self.site.posts()))).replace(folder / name)

    @rule(text=st.sampled_from(["Shared words.\n", "Other words.\n", "See [it](p1.md).\n"]))
    def write_what_is_included(self, text: str) -> None:
        self.site.write("snippets/shared.md", text)

    @rule(text=st.sampled_from(["no picture", "another"]))
    def change_a_picture(self, text: str) -> None:
        self.site.write("docs/blog/posts/picture.png", text)

    @rule(there=st.booleans())
    def add_or_drop_a_picture(self, there: bool) -> None:
        path = self.folder / "docs/blog/posts/picture.png"
        if there:
            path.write_text("there", encoding="utf-8")
        else:
            path.unlink(missing_ok=True)

    @rule(
        text=st.sampled_from(
            ["", "{{ super() }}<p>{{ page.title }}</p>", "{{ super() }}{{ nav.items | length }}"]
        )
    )
    def write_a_template(self, text: str) -> None:
        block = f"{{% block content %}}{text}{{% endblock %}}" if text else ""
        self.site.write("overrides/main.html", f'{{% extends "base.html" %}}{block}\n')

    @rule(data=st.data(), name=st.sampled_from(sorted(SETTINGS)))
    def change_a_setting(self, data: Any, name: str) -> None:
        self.site.settings[name] = data.draw(st.sampled_from(SETTINGS[name]))

    @rule(strict=st.booleans())
    def be_strict_or_not(self, strict: bool) -> None:
        self.strict = strict

    @rule()
    def change_nothing(self) -> None:
        pass

    @rule(
        keep=st.sampled_from([0, 17, 4096, 20_000]), name=st.sampled_from(["builds.sqlite3", "finished.json"])
    )
    def tear_what_was_kept(self, keep: int, name: str) -> None:
        path = self.folder / ".cache/incremental" / name
        if path.exists():
            path.write_bytes(path.read_bytes()[:keep])

    @rule(at=st.integers(0, 1_000_000), name=st.sampled_from(["builds.sqlite3", "finished.json"]))
    def spoil_what_was_kept(self, at: int, name: str) -> None:
        path = self.folder / ".cache/incremental" / name
        if path.exists() and (content := bytearray(path.read_bytes())):
            for place in range(at % len(content), len(content), max(len(content) // 9, 1)):
                content[place] ^= 0x55
            path.write_bytes(content)

    @rule(seconds=st.floats(0.05, 2.5))
    def kill_a_build(self, seconds: float) -> None:
        config = self.site.configured("mkdocs.yml", "site", f"hooks: [{HOOK}]")
        with suppress(subprocess.TimeoutExpired):
            project.python(
                self.folder,
                "-m",
                "mkdocs",
                "build",
                "-f",
                config,
                env={"SOURCE_DATE_EPOCH": MOMENT},
                seconds=seconds,
            )

    @rule()
    def spoil_the_output(self) -> None:
        for path in sorted((self.folder / "site").rglob("index.html"))[:1]:
            path.write_text("spoilt", encoding="utf-8")

    @invariant()
    def both_ways_agree(self) -> None:
        if not (self.folder / "docs").exists():
            return
        assert self.site.difference(strict=self.strict) == []


TestEdits = Edits.TestCase
TestEdits.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    # To make a failure smaller takes minutes, and says no more than the difference does.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
