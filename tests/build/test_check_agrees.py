"""The check and a strict build agree: a site that the check accepts builds without a warning.

Random pages, many per site. A build of all must report what the check reports, and nothing else. A build of
those without a diagnostic must succeed. CHECKED_PAGES sets how many pages are tried.
"""

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from portfolio.config import load_site
from portfolio.lint.check import check_site
from portfolio.sources import mkdocs_yml
from tests.support import converting, project
from tests.support.builder import Builder
from tests.support.compared_site import BUILD_TIME

PAGES_PER_SITE = 100
SITES = max(1, int(os.environ.get("CHECKED_PAGES", "200")) // PAGES_PER_SITE)

CONFIGURATION = f"""\
site_name: T
site_url: https://example.org/
{converting.EXTENSIONS}
theme: {{name: material, custom_dir: overrides}}
plugins:
  - search
  - blog: {{blog_dir: notes, post_excerpt: required}}
  - tags
hooks:
  - hooks/record.py
  - hooks/posts.py
  - hooks/page_content.py
  - hooks/exports.py
  - hooks/site_assets.py
  - hooks/page_head.py
  - hooks/feeds.py
exclude_docs: /data/
validation:
  nav: {{omitted_files: warn, not_found: warn, absolute_links: warn}}
  links: {{not_found: warn, anchors: warn, absolute_links: warn, unrecognized_links: warn}}
"""
POST = (
    "---\ndate: 2026-01-31\ncategories: [Notes]\ntags: [A]\n---\n\n# A post\n\nText.\n\n<!-- more -->\n\n"
    "## Part\n"
)
FILES = {
    "mkdocs.yml": CONFIGURATION,
    "docs/index.md": "# Home\n\n## First part\n",
    "docs/notes/index.md": "# Notes\n",
    "docs/notes/posts/post.md": POST,
    "docs/notes/posts/draft.md": POST.replace("---\ndate", "---\ndraft: true\ndate").replace(
        "A post", "Draft"
    ),
    "docs/target.md": "# Target\n\n## Section { #own }\n\n<a id='raw'></a>\n",
    "docs/a.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"/>',
    "docs/bad.svg": "<svg",
    "docs/file.txt": "Text.\n",
    "docs/data/references.bib": "@misc{known, title = {T}, author = {B C}, year = 2020}\n",
    "parts/part.md": "Included *text*.\n",
    "parts/nested.md": 'Before.\n\n--8<-- "parts/gone.md"\n',
    "parts/sections.md": "--8<-- [start:one]\nOne.\n--8<-- [end:one]\n",
    "parts/self.md": '--8<-- "parts/self.md"\n',
    "parts/link.md": "[broken](gone.md) and ![no](gone.png)\n",
}
TARGETS = """
target.md target.md#own target.md#raw target.md#gone index.md index.md#first-part #here #gone gone.md
gone target target/ ../target.md notes/index.md notes/posts/post.md notes/posts/post.md#part
notes/posts/draft.md notes/ . .. ./ ? ?x # /index.md /target/ a.svg a.png file.txt gone.txt file.txt#x
https://example.org/ https://example.org/#x mailto:a@example.org //example.org/a http://[::1/ target.md?x#own
./target.md <target.md> <a\u00a0b.md> target%2Emd TARGET.md notes/category/notes.md notes/archive/2026.md
data/references.bib feeds.md target.md#%C3%A6 javascript:alert(1) tel:1 a@example.org \\\\target.md
folder/sub.md README.md target.md#__x #__x cut.png bad.svg %ZZ target.md# https://
""".split()
PIECES = [
    "Text with *emphasis*, **strong** words, `code` and ~~more~~.",
    "## Here\n\nText.",
    "### Deeper\n\nText.",
    "##### Too deep\n\nText.",
    "- one\n- two\n    - three\n\n1. a\n2. b",
    "> A quotation\n> with `code`.",
    "> [!NOTE]\n> A note.",
    "> [!WARNIN]\n> A note.",
    '!!! note "T"\n    Text.',
    "??? note\n    Text.",
    "| a | b |\n| - | - |\n| c | d |",
    "| a | b |\n| - | - |\n| c | d | e |",
    "```python\nx = 1\n```",
    '```python title="a.py" linenums="1"\nx = 1\n```',
    "```python nonsense here=\nx = 1\n```",
    "```\nnever closed",
    "~~~\ncode\n~~~",
    "    indented code [a](gone.md)",
    "$x^2$ and $$y$$ and \\(z\\)",
    "$\\nosuch$",
    "$$\n\\frac{1}{2}\n$$",
    "$$\n\\frac{1\n$$",
    "It costs $$ 5.",
    "$$x \\label{eq}$$\n\nSee $\\eqref{eq}$.",
    "See $\\eqref{nowhere}$.",
    "```mermaid\nflowchart LR\n  A --> B\n```",
    "```mermaid\noops\n```",
    "Cites [@known] and [@known, p. 3].",
    "Cites [@nobody].",
    "A footnote[^1].\n\n[^1]: Text.",
    "A footnote[^2].\n\n[^2]: One.\n\n[^2]: Two.",
    "A footnote[^typo].",
    "[^unused]: Text.",
    "[^3]: Text with [^3].",
    '--8<-- "parts/part.md"',
    '--8<-- "parts/gone.md"',
    '--8<-- "parts/nested.md"',
    '--8<-- "parts/self.md"',
    '--8<-- "parts/link.md"',
    '--8<-- "parts/sections.md:one"',
    '--8<-- "parts/sections.md:two"',
    '--8<-- "parts/part.md:5:9"',
    '--8<-- "https://example.org/a.md"',
    '--8<-- "parts"',
    ';--8<-- "parts/gone.md"',
    '```text\n--8<-- "parts/part.md"\n```',
    "<div>\n<p>HTML</p>\n</div>",
    "<div markdown>\n\n*HTML* with [a](gone.md)\n\n</div>",
    "<div>\n\nText\n\n</div>",
    "</div>",
    "<![CDATA[ x ]]>",
    "<!-- a comment [a](gone.md) -->",
    "<!DOCTYPE html>",
    "<?php echo ?>",
    "<a id='here'></a>",
    "<a name='here'>x</a>",
    "An <unknown> tag and List<String>.",
    "&nbsp; &amp; &unknown; &#0;",
    "<a@example.org> and <https://example.org/>",
    "[a][ref]\n\n[ref]: target.md",
    "[a][ref2]\n\n[ref2]: gone.md",
    "[a][undefined] and [undefined]",
    "![A][pic]\n\n[pic]: a.png",
    "![](a.png){ role=presentation }",
    "![A](a.png){ width=50% }",
    "![A](a.png){ width=20 }",
    '![A](a.png "A caption with [a link](gone.md)")',
    "[![A](a.png)](target.md)",
    "[*text `x`* ![A](a.png)](gone.md)",
    "Term\n:   Definition with [a](gone.md).",
    "*[HTML]: Hyper\n\nHTML",
    "==mark== ^sup^ H~2~O ++ctrl+a++",
    "- [ ] task\n- [x] done",
    "Text { #own .class }",
    "## Attr { #here }",
    "<img src='a.png' alt='A'>",
    "<a href='../target/'>a</a> <a href='gone.html'>b</a>",
    "<script>if (a < b) {}</script>",
    "Line  \nbreak \\\nand \\* escapes \\[a](gone.md)",
    "***\n\n---",
    "A title\n=======\n\nText",
    "/// caption\nText\n///",
    "Setext\n---",
    "{{ jinja }} {% x %}",
    "[a]( target.md 'T' ) [b](<gone file.md>) [c](gone(1).md)",
    "[a](target.md\n'T')",
    "[outer [inner](gone.md)](target.md)",
    "\ttab\n\n\ttab",
    "\u2028 \x0b \x0c",
    "<!-- material/tags -->",
    "\u202eright to left",
    "Note: a line like front matter.",
]
FRONT_MATTER_BLOCK = re.compile(r"---\n.*?---\n", re.DOTALL)
FRONT_MATTER = [
    "",
    "",
    "",
    "---\ntitle: T\n---\n\n",
    "---\ntags: [A, b]\n---\n",
    "---\n---\n",
    "---\ntitle: [\n---\n",
]


def links() -> st.SearchStrategy[str]:
    kinds = st.sampled_from(
        ["[a]({})", "![A]({})", "[a]({} 'T')", "<a href='{}'>a</a>", "[a][x{0}]\n\n[x{0}]: {0}"]
    )
    return st.builds(lambda kind, target: kind.format(target), kinds, st.sampled_from(TARGETS))


def pages() -> st.SearchStrategy[str]:
    pieces = st.lists(st.sampled_from(PIECES) | links(), max_size=6)
    joined = st.builds(
        lambda parts, gap: gap.join(parts), pieces, st.sampled_from(["\n\n", "\n\n", "\n", " "])
    )
    prefix = st.sampled_from(["", "", "", "> ", "- ", "    "])
    indented = st.builds(
        lambda text, mark: re.sub("^", mark, text, flags=re.M) if mark else text, joined, prefix
    )
    return st.builds(
        lambda front, text: f"{front}# Page\n\n{text}\n", st.sampled_from(FRONT_MATTER), indented
    )


def name_page(index: int, text: str) -> tuple[str, str]:
    """Return the path and the text of a page; every third is a post."""
    if index % 3:
        return f"docs/page-{index}.md", text
    body = FRONT_MATTER_BLOCK.sub("", text)
    front = f"---\ndate: 2026-01-31\nslug: post-{index}\ncategories: [Notes]\n---\n\n"
    return f"docs/notes/posts/post-{index}.md", f"{front}# Post\n\n<!-- more -->\n\n{body}"


def create_site(root: Path, texts: dict[str, str]) -> None:
    root.mkdir(parents=True)
    for folder in ("hooks", "overrides"):
        (root / folder).symlink_to(project.ROOT / folder)
    for name, text in {**FILES, **texts}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    Image.effect_noise((400, 300), 50).save(root / "docs/a.png")
    content = (root / "docs/a.png").read_bytes()
    (root / "docs/cut.png").write_bytes(content[: len(content) // 2])


def check(root: Path) -> list[str]:
    paths, problems = mkdocs_yml.read_paths(root / "mkdocs.yml")
    site, more = load_site(paths, root / "mkdocs.yml")
    return [
        str(problem)
        for problem in sorted(
            {
                *problems,
                *more,
                *check_site(site, paths, root / "mkdocs.yml", datetime.fromtimestamp(int(BUILD_TIME), UTC)),
            }
        )
    ]


def find_disagreement(builder: Builder, root: Path, texts: dict[str, str]) -> list[str]:
    """How check and build of all pages differ, and the messages of a build of those without problems."""
    create_site(root / "all", texts)
    faults = check(root / "all")
    status, messages = builder.build(root / "all/mkdocs.yml", strict=True)
    # The last message says how many there are.
    reported = [message.removeprefix("ERROR ") for message in messages[:-1]]
    differences = [f"{status}: {line}" for line in sorted({*faults} ^ {*reported})]
    faulty = {fault.partition(":")[0] for fault in faults}
    create_site(root / "valid", {name: text for name, text in texts.items() if name not in faulty})
    differences += check(root / "valid")
    status, messages = builder.build(root / "valid/mkdocs.yml", strict=True)
    return [*differences, *messages, *([f"status {status}"] if status else [])]


def find_culprits(builder: Builder, root: Path, texts: dict[str, str]) -> dict[str, str]:
    """Pages of which each alone makes check and build disagree; at most one of each half."""
    if len(texts) == 1:
        return texts
    names = list(texts)
    for number, half in enumerate((names[: len(names) // 2], names[len(names) // 2 :])):
        chosen = {name: texts[name] for name in half}
        if find_disagreement(builder, root / str(number), chosen):
            return find_culprits(builder, root / str(number), chosen)
    return texts


def test_a_site_that_the_check_accepts_builds(builder: Builder, tmp_path: Path) -> None:
    folder = tmp_path / "sites"

    @settings(max_examples=SITES, phases=[Phase.generate], database=None)
    @given(st.lists(pages(), min_size=PAGES_PER_SITE, max_size=PAGES_PER_SITE))
    def agree(texts: list[str]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        named = dict(name_page(index, text) for index, text in enumerate(texts))
        if messages := find_disagreement(builder, folder / "first", named):
            culprits = find_culprits(builder, folder / "parts", named)
            if len(culprits) == 1:
                messages = find_disagreement(builder, folder / "last", culprits)
            pytest.fail("\n".join([*messages, *map(repr, culprits.values())][:40]))

    agree()
