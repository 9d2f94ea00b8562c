"""Notebooks as posts: Jupyter's files become Markdown, and what is wrong in one is placed in its own file.

Nothing here imports MkDocs, and nothing in a notebook is executed.
"""
