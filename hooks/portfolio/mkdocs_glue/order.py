"""The order of the hooks' event handlers, in one place, so that the order of ``hooks`` in mkdocs.yml is free.

MkDocs calls the handlers of an event from the highest priority to the lowest; a handler without a priority
has 0, and of two with the same priority a plugin's comes before a hook's. Every handler whose place matters
takes its priority from here. Plugins that the numbers refer to:

- 0: mkdocs-blog-plugin, and the filters that Material's blog adds in ``on_env``
- 100: Material's tags in ``on_env``
- -50: Material's blog in ``on_files``, ``on_nav`` and ``on_page_markdown``
- -100: Material's blog in ``on_page_context``
"""

from __future__ import annotations

from typing import Final

# on_config
# Before the record is read, which takes most of the time until the blog writes temporary files.
CONFIG_TEMPORARY_FOLDER: Final = 200
# The record, the options and the profile: all hooks below read them.
CONFIG_RECORD: Final = 100
# Markdown extensions get the options, and the publications that can be cited.
CONFIG_USE_RECORD: Final = 50

# The blog gets the site's slugs and time zone before it reads posts in on_files.
CONFIG_BLOG: Final = 40

# on_files
# A notebook becomes a page before unpublished posts are excluded.
FILES_NOTEBOOKS: Final = -10
# An unpublished post is excluded before Material's blog (-50) reads the posts.
FILES_EXCLUDE_UNPUBLISHED: Final = -20
# Images are collected when plugins, and the blog (-50), have added their files.
FILES_IMAGES: Final = -52
# Posts are marked and dated after the blog (-50) has read them.
FILES_POSTS: Final = -75
# Feeds have only published posts: those are known when posts are marked (-75).
FILES_FEEDS: Final = -80

# on_nav
# mkdocs-blog-plugin (0) gets Material's posts …
NAV_OFFER_POSTS: Final = 50
# … and the navigation is restored before Material's blog (-50) attaches its views to it …
NAV_RESTORE: Final = -25
# … and lists the newest posts after that.
NAV_LIST_NEWEST: Final = -75
# Material's blog (-50) makes the post before a pinned post its neighbour; ours are ordered by date.
NAV_NEIGHBOURS: Final = -80

# The navigation is complete: another process starts to typeset.
NAV_TYPESET: Final = -90

# on_page_markdown
# No plugin has changed the text.
PAGE_MARKDOWN_WRITTEN: Final = 100
# Material's plugin for metadata (50) has completed the front matter, and no other plugin has read it.
PAGE_MARKDOWN_METADATA: Final = 40
# Material's blog (-50) writes the headings of lists.
PAGE_MARKDOWN_HEADING: Final = -60

# on_page_content
# The reading time is set before Material's blog (0), which counts only where none is set.
PAGE_CONTENT_READING_TIME: Final = 50

# on_env
# All pages are converted: another process starts to cut the font of formulas, while …
ENV_FORMULA_CHARACTERS: Final = 210
# … the check is completed before anything is rendered.
ENV_CHECK: Final = 200
# Templates start to escape before any is compiled: Material's tags (100) render some.
ENV_ESCAPING: Final = 150
# Each tag has its slug before Material's tags (100) make anchors of them …
ENV_TAG_SLUGS: Final = 120
# … and after that their names are in tables of contents.
ENV_TAGS: Final = 90
# Copies of images are files of the site before anything lists or writes its files: first those of pictures
# that the data names, which the live preview adds again …
ENV_PICTURES: Final = 55
# … then those of pages.
ENV_IMAGES: Final = 50
# The views of the record come before everything that renders them.
ENV_RECORD: Final = -10
# The documents of the search have the views. Pagefind starts as early as possible, because it takes long.
ENV_SEARCH: Final = -11
# Posts need only the titles of pages.
ENV_POSTS: Final = -20
# The CV, the cards and the Markdown of pages show the views.
ENV_EXPORTS: Final = -30
# Metadata links to the exports.
ENV_PAGE_HEAD: Final = -40
# The style sheet of formulas names the font, which is ready by now, before assets (-43) get their names.
ENV_FORMULA_FONT: Final = -42
# The rules of a style sheet depend on the record (-10); feeds (-45) name a style sheet.
ENV_ASSETS: Final = -43
# Feeds are rendered by a template.
ENV_FEEDS: Final = -45
# Pages of tags only list other pages: they get no cards and no Markdown (-30), and search (-11) omits them.
ENV_TAG_PAGES: Final = -47
# All other files of the site are known: a redirect leads to one, and replaces none.
ENV_REDIRECTS: Final = -49

# on_page_context
# A page's part of the record belongs to its content before templates and Material's plugins (0) use that.
PAGE_CONTEXT_RECORD: Final = 50
# Material's blog (-100) makes the excerpts of a list of posts.
PAGE_CONTEXT_UNIQUE_IDS: Final = -150

# on_post_build
# The search (0) has collected its words.
POST_BUILD_CACHES: Final = -50

# on_build_error
# Every other hook and plugin has cleaned up: this handler ends the command.
BUILD_ERROR_OUTPUT: Final = -2000

# hooks/incremental_builds.py and hooks/live_preview.py work in any site, so they declare their priorities
# themselves: 1000 and more to come before everything above, -199 and less to come after it. In on_files they
# come right after the blog (-50), and only record the posts and pages it has.
