import sys

sys.path.append(".")
from pelicanconf import *

SITEURL = "https://night-notes.example"
RELATIVE_URLS = False
FEED_ALL_ATOM = "feeds/all.atom.xml"
CATEGORY_FEED_ATOM = "feeds/{slug}.atom.xml"
TAG_FEED_RSS = "feeds/tag/{slug}.rss.xml"
DELETE_OUTPUT_DIRECTORY = True
