"""Reads what the owner writes into the record, with a diagnostic for every mistake.

`loader` reads ``docs/data`` (YAML, and BibTeX through `bibtex`), `posts` the front matter of posts, and
`mkdocs_yml` the configuration. `record_checks` finds contradictions between the entries of a record.
"""
