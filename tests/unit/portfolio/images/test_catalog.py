"""What a catalog knows of pictures that change while it is asked."""

from portfolio.core.cache import NoCache
from portfolio.images.catalog import ImageCatalog, ResponsiveImage
from tests.unit.portfolio.images.test_pictures import photograph


def test_a_picture_that_has_changed_is_read_again() -> None:
    contents = {"a.jpg": photograph(40, 30)}
    catalog = ImageCatalog(contents.keys(), contents.__getitem__, NoCache())
    for page in ("one.md", "two.md", "one.md"):
        catalog.find(page, "a.jpg")
    contents["a.jpg"] = photograph(41, 30)
    assert catalog.find("one.md", "a.jpg") == ResponsiveImage(40, 30)
    assert catalog.invalidate("a.jpg") == ["one.md", "two.md"]
    assert catalog.find("one.md", "a.jpg") == ResponsiveImage(41, 30)


def test_what_is_no_picture_is_not_forgotten() -> None:
    catalog = ImageCatalog((), lambda _: b"", NoCache())
    assert catalog.invalidate("a.jpg") is None
