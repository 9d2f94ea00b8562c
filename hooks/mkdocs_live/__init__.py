"""Instant preview for ``mkdocs serve``, for any MkDocs site; nothing here knows this site.

The command itself (`coordinator`, `watcher`, `server`) watches files and answers browsers, and never builds.
A worker process (`workers`, forked by `fork_server`) builds the site, and then holds its objects (`session`):
it applies changes to them and renders pages on request, and runs the site's own check (`api.declare_check`).
After a pause, a new worker builds the whole site at low priority and replaces it. Any worker may end or hang
at any time: browsers then get the last good pages.
"""
