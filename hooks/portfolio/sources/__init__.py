"""Reads ``docs/data``, BibTeX, posts and front matter into the record."""
