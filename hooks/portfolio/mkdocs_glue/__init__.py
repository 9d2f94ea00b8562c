"""The only package of ``portfolio`` that imports MkDocs and Material.

`state` has what the hooks share, `order` the order of their events, `pages` and `page_markdown` what they ask
of MkDocs' pages, and `mkdocs_internals` every private part of MkDocs, Material and Markdown that is used.
"""
