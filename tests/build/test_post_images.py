"""Images beside posts: the blog publishes them in another folder than their sources."""

import base64
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from PIL import Image

from tests.support import built, html, persona
from tests.support import notebooks as nb


def test_every_variant_that_a_post_offers_is_published(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    posts = root / "docs/notes/posts"
    out = BytesIO()
    Image.effect_noise((500, 300), 90).convert("RGB").save(out, "JPEG", quality=98)
    (posts / "more").mkdir()
    (posts / "more/a hill.jpg").write_bytes(out.getvalue())
    expansion = posts / "expansion.md"
    image = "\n\n![A hill](<more/a hill.jpg>)\n"
    expansion.write_text(expansion.read_text(encoding="utf-8") + image, encoding="utf-8")
    Image.effect_noise((500, 300), 90).convert("RGB").save(out := BytesIO(), "PNG")
    data = base64.b64encode(out.getvalue()).decode()
    cell = nb.code("#| fig-alt: Noise\nplot()", nb.display(image_png=data))
    nb.write(posts / "noise.ipynb", nb.raw(nb.FRONT), nb.text("# Noise\n\nSee:"), cell)
    site = built.build(root).site
    counts = {}
    for page in (site / "notes").glob("20*/**/index.html"):
        sources = html.parse(page).css("article picture source")
        for source in sources:
            for entry in html.attribute_value(source, "srcset").split(", "):
                url = unquote(entry.rpartition(" ")[0])
                assert (page.parent / url).is_file(), (page, url)
        counts[page.parent.name] = len(sources)
    assert {name: count for name, count in counts.items() if count} == {"expansion": 2, "noise": 2}
