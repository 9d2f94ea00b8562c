"""The only package of ``portfolio`` that imports MkDocs and Material.

`state` has the state that hooks share, `order` the order of their events, `pages` queries on pages and posts,
`page_markdown` pages as Markdown, and `mkdocs_internals` all use of private parts of MkDocs and Material.
"""
