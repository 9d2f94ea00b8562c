"""Checks of a whole site without building it: pages, links, posts, images, and URLs of other sites.

Most pages are only scanned. A scan may report too much, so a page with something suspicious is converted by
Python-Markdown, and only what the conversion confirms becomes a diagnostic.
"""
