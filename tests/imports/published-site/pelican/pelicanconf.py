AUTHOR = "Mira Holt"
SITENAME = "Notes from the Lantern Room"
SITEURL = "https://mira.example"
PATH = "content"
TIMEZONE = "Europe/Oslo"
DEFAULT_LANG = "en"
THEME = "theme"
STATIC_PATHS = ["images", "files"]
ARTICLE_URL = "posts/{slug}"
ARTICLE_SAVE_AS = "posts/{slug}.html"
DRAFT_URL = "drafts/{slug}"
DRAFT_SAVE_AS = ""
PAGE_URL = "pages/{slug}.html"
PAGE_SAVE_AS = "pages/{slug}.html"
FEED_ALL_ATOM = "feeds/all.atom.xml"
CATEGORY_FEED_ATOM = "feeds/{slug}.atom.xml"
FEED_ALL_RSS = "feeds/all.rss.xml"
RSS_FEED_SUMMARY_ONLY = True
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
TRANSLATION_FEED_ATOM = None
# One post is too old for the feeds.
SUMMARY_MAX_LENGTH = 20
FEED_MAX_ITEMS = 3
DEFAULT_PAGINATION = 3
MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.codehilite": {"css_class": "highlight"},
        "markdown.extensions.extra": {},
        "markdown.extensions.toc": {},
    },
    "output_format": "html5",
}
