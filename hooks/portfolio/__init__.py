"""The record of a career and what can be told from it.

Data flows one way: ``docs/data`` → loading → models → checks → views. The package never imports
mkdocs; paths and the clock are arguments, so that a build, ``python -m portfolio check``, an editor and
a test all run the same code.
"""
