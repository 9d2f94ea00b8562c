"""The blog: which posts are published, their URLs and dates, the order of reading, and new drafts.

Nothing here imports MkDocs: settings, paths and the current time are arguments.
"""
