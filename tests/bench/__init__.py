"""Benchmark: the same blog, built and served by this site and by other generators (`make bench`).

``blog`` generates the posts, ``contenders`` has a module for each generator, ``rounds`` runs them, and
``table`` formats the results.
"""
