"""Pelican's own settings, with the folders and addresses of the benchmark."""

PATH = "content"
OUTPUT_PATH = "site"
SITENAME = "Benchmark"
SITEURL = ""
TIMEZONE = "UTC"
DEFAULT_PAGINATION = 10
USE_FOLDER_AS_CATEGORY = False
ARTICLE_URL = "posts/{slug}/"
ARTICLE_SAVE_AS = "posts/{slug}/index.html"
FEED_ALL_ATOM = "feeds/all.atom.xml"
