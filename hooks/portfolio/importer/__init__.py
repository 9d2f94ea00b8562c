"""Imports another site, or a file about a career, into this one: ``make import FROM=…``.

A reader (`readers`) turns its source into an `ImportedSite`. The rest is the same for all of them: HTML
becomes Markdown, links of the old site become links of this one, the words of each page are compared before
and after, and all files are written in one transaction, with a report.
"""
