"""A personal site from one record of a career: checks, views, exports, print, feeds and Markdown extensions.

Data flows one way: ``docs/data`` and pages → `sources` → `record` → views and exports. Only `mkdocs_glue`
imports MkDocs. Paths and the current time are arguments, so that a build, ``python -m portfolio check``, the
live preview and a test run the same code.
"""
