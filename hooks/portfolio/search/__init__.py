"""The search: what is indexed, and the index that browsers load piece by piece.

`documents` and `entries` describe what is indexed, `pagefind` runs the program that indexes it, and
`indexing` does so in the background. overrides/assets/javascripts/search.js is the part of the browser.
"""

# The page of the search, which a build generates unless the owner has one; and the template of such a page.
SEARCH_PAGE, SEARCH_TEMPLATE = "search.md", "search.html"
