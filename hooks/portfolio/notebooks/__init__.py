"""Notebooks as posts: a Jupyter file becomes Markdown, and diagnostics point into the notebook's own file.

Nothing here imports MkDocs, and nothing in a notebook is executed.
"""
