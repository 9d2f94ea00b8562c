"""Changed data and images, which only this site's hooks read, are shown before the site is built again."""

from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.utils.yaml import yaml_load
from PIL import Image

from tests.support import live, persona


def test_changed_data_and_images_are_shown_at_once(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "site")
    configuration = yaml_load((root / "mkdocs.yml").read_text(encoding="utf-8"))
    base = urlsplit(str(configuration["site_url"])).path.rstrip("/")
    posts = root / "docs/notes/posts"
    Image.new("RGB", (320, 200)).save(posts / "wire.png")
    cables = posts / "cables.md"
    cables.write_text(cables.read_text(encoding="utf-8") + "\n![A wire](wire.png)\n", encoding="utf-8")
    page = "/notes/2025/04/05/why-a-cable-hangs-as-it-does/"
    # A build that reads this page would not end.
    talks = root / "docs/talks.md"
    good = talks.read_text(encoding="utf-8")
    aliases = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    talks.write_text(good.replace("---\n", f"---\na0: &a0 [x]\n{aliases}", 1), encoding="utf-8")
    with live.serve(root, base) as preview:
        (message,) = preview.wait_for_event("problems", bool)
        assert (message["path"], message["code"]) == ("docs/talks.md", "yaml.too-large")
        assert preview.get("/")[0] == 404
        talks.write_text(good, encoding="utf-8")
        preview.wait_for_event("problems", lambda messages: not messages)
        assert b'width="320"' in preview.get(page)[1]
        Image.new("RGB", (321, 200)).save(posts / "wire.png")
        preview.wait_for_text(page, 'width="321"')
        preview.wait_for_event("pages")

        career = root / "docs/data/career.yml"
        good = career.read_text(encoding="utf-8")
        career.write_text(good.replace("position: Diver", "position: Swimmer"), encoding="utf-8")
        preview.wait_for_text("/timeline/", "Swimmer")
        career.write_text(good.replace("start_date: 2005-03-01", "start_date: soon"), encoding="utf-8")
        (message, *_) = preview.wait_for_event("problems", bool)
        assert message["path"] == "docs/data/career.yml"
        assert message["line"] > 1
        assert (message["field"], message["code"]) == ("roles[4].start_date", "record.invalid-date")
        assert b"Swimmer" in preview.get("/timeline/")[1]
        career.write_text(good, encoding="utf-8")
        preview.wait_for_event("problems", lambda messages: not messages)
        preview.wait_for_text("/timeline/", "Diver")

        profile = root / "docs/data/profile.yml"
        good = profile.read_text(encoding="utf-8")
        profile.write_text(good.replace("headline: Bridge engineer", "headline: Diver"), encoding="utf-8")
        preview.wait_for_text("/", "Diver, mostly over water")
        profile.write_text(good.replace("office@example.org", "office"), encoding="utf-8")
        (message,) = preview.wait_for_event("problems", bool)
        assert (message["path"], message["code"]) == ("docs/data/profile.yml", "profile.invalid-email")
        assert b"office@example.org" in preview.get("/")[1]
        profile.write_text(good, encoding="utf-8")
        preview.wait_for_event("problems", lambda messages: not messages)
        preview.wait_for_text("/", "Bridge engineer, mostly over water")
        Image.new("RGB", (700, 500)).save(root / "docs/assets/layla.jpg")
        preview.wait_for_text("/", 'width="700"')

        # The style sheet has rules for each tag, and a story has the title of its project.
        projects = root / "docs/data/projects.yml"
        good = projects.read_text(encoding="utf-8")
        renamed = good.replace("A deck that needs", "A slab that needs")
        projects.write_text(renamed.replace("[decks, joints,", "[decks, wind, floods,"), encoding="utf-8")
        preview.wait_for_text("/projects/", 'data-tags="decks wind')
        preview.wait_for_text("/projects/slab/", '<h1 id="a-slab-that-needs-no-bearings">')
        assert b'"tag:floods"' not in preview.get("/assets/stylesheets/filters.css")[1]
        software = root / "docs/data/software.yml"
        text = software.read_text(encoding="utf-8")
        software.write_text(text.replace("tags: [cables,", "tags: [floods,"), encoding="utf-8")
        preview.wait_for_text("/assets/stylesheets/filters.css", '"tag:floods"')
        software.write_text(text, encoding="utf-8")
        projects.write_text(good, encoding="utf-8")
        preview.wait_for_text("/projects/slab/", '<h1 id="a-deck-that-needs-no-bearings">')

        # MkDocs and Material say the same in other words, and not where it is.
        good = cables.read_text(encoding="utf-8")
        mistakes = {
            "date: 2025-04-05": ("date: soon", 2, "front-matter.invalid-date"),
            "categories: [": ("categories: [[", 5, "yaml.invalid"),
            "authors: [": ("authors: [nobody, ", 3, "post.unknown-author"),
            "![A wire](wire.png)": ("![A wire](wyre.png)", good.count("\n"), "link.missing-file"),
        }
        for old, (new, line, code) in mistakes.items():
            assert old in good
            cables.write_text(good.replace(old, new), encoding="utf-8")
            found = preview.wait_for_event("problems", bool)
            assert [(message["line"], message["code"]) for message in found] == [(line, code)]
            cables.write_text(good, encoding="utf-8")
            preview.wait_for_event("problems", lambda messages: not messages)
        assert b"../notes/2025/04/05/" in preview.get("/posts/cables.html")[1]
        cables.write_text(good.replace("/posts/cables.html", "/old.html"), encoding="utf-8")
        preview.wait_for_text("/old.html", "This page has moved")
        assert preview.get("/posts/cables.html")[0] == 404
        cables.write_text(good, encoding="utf-8")
        preview.wait_for_text("/posts/cables.html", "This page has moved")
        cables.write_text(good + "Too long.\n" * 600_000, encoding="utf-8")
        (message,) = preview.wait_for_event("problems", bool)
        assert message["code"] == "file.too-large"
        assert preview.get("/timeline/")[0] == 200
        cables.write_text(good, encoding="utf-8")
        preview.wait_for_event("problems", lambda messages: not messages)

        # Hooks link posts by date, and Material would put a pinned post last.
        front = "---\ndate: 2001-02-03\ncategories: [Statik]\npin: true\n---\n"
        text = f"{front}\n# Pinned\n\nOld.\n\n<!-- more -->\n"
        (posts / "pinned.md").write_text(text, encoding="utf-8")
        preview.wait_for_text("/notes/2001/02/03/pinned/", "Old.")
        assert b'<link rel="next"' in preview.get("/notes/2001/02/03/pinned/")[1]

        publications = root / "docs/data/publications.bib"
        good = publications.read_text(encoding="utf-8")
        publications.write_text(f"{good}\n@article{{broken, title = {{A}}\n", encoding="utf-8")
        (message, *_) = preview.wait_for_event("problems", bool)
        assert message["path"] == "docs/data/publications.bib"
        publications.write_text(good, encoding="utf-8")
        preview.wait_for_event("problems", lambda messages: not messages)
        title = "A title that nothing had"
        publications.write_text(f"{good}\n@misc{{new, title = {{{title}}}}}\n", encoding="utf-8")
        preview.wait_for_text("/publications/", title)
