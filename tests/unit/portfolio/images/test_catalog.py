import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from portfolio.core.cache import Cache
from portfolio.images import publish
from portfolio.images.catalog import (
    ImageCatalog,
    ResponsiveImage,
    check_image,
    encode_mentioned,
    find_mentioned,
)
from portfolio.images.image_info import ImageError, ImageInfo
from portfolio.images.publish import public_copy
from tests.support.images import CountingCache, encode, photograph


def test_invalidate_returns_the_pages_and_reads_the_image_again() -> None:
    contents = {"a.jpg": photograph(40, 30)}
    catalog = ImageCatalog(contents.keys(), contents.__getitem__, Cache())
    for page in ("one.md", "two.md", "one.md"):
        catalog.find(page, "a.jpg")
    contents["a.jpg"] = photograph(41, 30)
    assert catalog.find("one.md", "a.jpg") == ResponsiveImage(40, 30)
    assert catalog.invalidate("a.jpg") == ["one.md", "two.md"]
    assert catalog.find("one.md", "a.jpg") == ResponsiveImage(41, 30)


def test_invalidate_returns_none_for_an_unknown_image() -> None:
    assert ImageCatalog((), lambda _: b"", Cache()).invalidate("a.jpg") is None


def test_find_returns_the_reason_why_an_image_cannot_be_used() -> None:
    catalog = ImageCatalog({"a.png", "b.bmp"}, lambda _: b"", Cache())
    assert catalog.find("page.md", "a.png") == "is not a valid PNG image."
    assert str(catalog.find("page.md", "b.bmp")).startswith("has the file extension .bmp. Accepted: ")


def test_find_mentioned_finds_images_by_their_file_names() -> None:
    names = {"a/one.png", "a/two.JPG", "my photo.webp", "dark.dark.png", "dark.png", "other.png", "é.png"}
    text = "![](../a/one.png) ![x](<my photo.webp>) image: a/two.jpg\n<img src='dark.png'> [é]: %C3%A9.png"
    assert find_mentioned(names, [text]) == names - {"other.png"}


def test_encode_mentioned_computes_all_that_pages_need(tmp_path: Path) -> None:
    (tmp_path / "a b.png").write_bytes(encode(Image.effect_noise((640, 480), 60), "PNG"))
    (tmp_path / "c.png").write_bytes(b"not an image")
    (tmp_path / "page.md").write_text("![](<a b.png>) ![](c.png)", encoding="utf-8")
    cache = CountingCache()
    encode_mentioned(tmp_path, cache, quick=False)
    computed = dict(cache.entries)
    catalog = ImageCatalog({"a b.png"}, lambda name: (tmp_path / name).read_bytes(), cache)
    assert isinstance(catalog.find("page.md", "a%20b.png"), ResponsiveImage)
    catalog.public_content("a b.png")
    assert catalog.variant_files
    assert cache.entries == computed


def test_find_offers_the_variants_in_both_formats() -> None:
    catalog = ImageCatalog({"a/b.png"}, lambda _: encode(Image.effect_noise((640, 480), 60), "PNG"), Cache())
    image = catalog.find("a/page.md", "b.png")
    assert isinstance(image, ResponsiveImage)
    assert [source.type for source in image.sources] == ["image/avif", "image/webp"]
    names = [f"a/{name}" for source in image.sources for name, _ in source.files]
    assert names == [*catalog.variant_files]


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_check_image_rejects_a_truncated_file(image_format: Any) -> None:
    noise = Image.effect_noise((300, 200), 60)
    content = encode(noise if image_format == "GIF" else noise.convert("RGB"), image_format)
    assert check_image(content, image_format, Cache()) == ImageInfo(image_format, 300, 200)
    with pytest.raises(ImageError, match=r"is (damaged|not a valid)"):
        check_image(content[: len(content) // 2], image_format, Cache())


def test_check_image_decodes_an_image_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content = photograph(40, 30, orientation=6)
    cache = CountingCache()
    info = check_image(content, "JPEG", cache)
    with monkeypatch.context() as patch:
        # Pillow is not even imported.
        patch.setitem(sys.modules, "PIL", None)
        assert check_image(content, "JPEG", cache) == info
        catalog = ImageCatalog({"a.jpg"}, lambda _: content, cache)
        assert catalog.public_content("a.jpg") == public_copy(content, info, cache)
    with pytest.raises(ImageError):
        check_image(content[:-200], "JPEG", cache)


def test_check_image_rejects_an_animation_whose_clock_stands_still() -> None:
    """Pillow divides by the frequency of the clock (ISO/IEC 14496-12, ``mdhd``)."""
    frames = [Image.effect_noise((20, 12), 60).convert("RGB") for _ in range(2)]
    content = encode(frames[0], "AVIF", save_all=True, append_images=frames[1:])
    box = content.index(b"mdhd") + 4
    frequency = box + (20 if content[box] == 1 else 12)
    with pytest.raises(ImageError, match="is damaged"):
        check_image(content[:frequency] + bytes(4) + content[frequency + 4 :], "AVIF", Cache())


def test_check_image_rejects_an_animation_whose_metadata_would_be_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames = [Image.effect_noise((20, 12), 60).convert("RGB") for _ in range(2)]
    content = encode(frames[0], "AVIF", save_all=True, append_images=frames[1:])
    check_image(content, "AVIF", Cache())

    def strip_avif(_: bytes) -> bytes:
        raise ImageError("has metadata that cannot be removed")

    monkeypatch.setattr(publish, "_strip_avif", strip_avif)
    with pytest.raises(ImageError, match="has metadata that cannot be removed"):
        check_image(content, "AVIF", Cache())


@pytest.mark.parametrize(
    ("part", "is_lost"),
    [
        ('<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math>', True),
        ('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', True),
        ("<b>x</b>", False),
    ],
)
def test_check_image_rejects_labels_of_which_a_part_would_be_lost(part: str, is_lost: bool) -> None:
    label = f'<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">Loss {part}</p></foreignObject>'
    content = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{label}</svg>'.encode()
    if is_lost:
        with pytest.raises(ImageError, match="has a formula or a drawing in an HTML label"):
            check_image(content, "SVG", Cache())
    else:
        assert check_image(content, "SVG", Cache()).width == 9
