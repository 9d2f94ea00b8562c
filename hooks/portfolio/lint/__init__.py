"""Writing: from a new draft to a published post, and what can be checked of it without a build.

Nothing here knows of MkDocs. The clock, the paths, git's output and what fetches a link are arguments.
"""
