"""The same blog, built and served by this site and by others, measured side by side: `make bench`.

``blog`` generates it, ``contenders`` has a module for each site, ``rounds`` runs them, ``table`` shows what
they took.
"""
