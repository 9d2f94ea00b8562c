"""Citations and references, from the record's BibTeX to text in a CSL style.

`library` has the works that posts can cite and parses citations, `csl_json` converts works for the style, and
`csl` formats them with citeproc. `publication_list` and `cite_post` build what pages show; `biblatex` and
`csl_json` are exports.
"""
