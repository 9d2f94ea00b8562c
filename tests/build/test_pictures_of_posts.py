"""Pictures beside posts, which the blog publishes elsewhere than beside their sources."""

import base64
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from PIL import Image

from tests.support import built, html, persona
from tests.support import notebooks as nb


def test_every_copy_that_a_post_offers_is_there(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    posts = root / "docs/notes/posts"
    out = BytesIO()
    Image.effect_noise((500, 300), 90).convert("RGB").save(out, "JPEG", quality=98)
    (posts / "more").mkdir()
    (posts / "more/a hill.jpg").write_bytes(out.getvalue())
    expansion = posts / "expansion.md"
    shown = "\n\n![A hill](<more/a hill.jpg>)\n"
    expansion.write_text(expansion.read_text(encoding="utf-8") + shown, encoding="utf-8")
    Image.effect_noise((500, 300), 90).convert("RGB").save(out := BytesIO(), "PNG")
    picture = base64.b64encode(out.getvalue()).decode()
    cell = nb.code("#| fig-alt: Noise\nplot()", nb.shown(image_png=picture))
    nb.write(posts / "noise.ipynb", nb.raw(nb.FRONT), nb.text("# Noise\n\nSee:"), cell)
    site = built.build(root).site
    offers = {}
    for page in (site / "notes").glob("20*/**/index.html"):
        found = html.parse(page).css("article picture source")
        for source in found:
            for entry in html.attribute(source, "srcset").split(", "):
                address = unquote(entry.rpartition(" ")[0])
                assert (page.parent / address).is_file(), (page, address)
        offers[page.parent.name] = len(found)
    assert {name: count for name, count in offers.items() if count} == {"expansion": 2, "noise": 2}
