"""The record for other programs: one module per export, with pure functions from views to text.

`json_resume` and `rendercv` are files, `markdown` is pages and ``llms.txt``, `json_ld` and `meta_tags` are
parts of a page's head. `losses` collects what exports cannot express.
"""
