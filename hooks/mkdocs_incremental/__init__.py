"""Incremental builds for any MkDocs site with Material's theme and blog.

A build costs what changed since the last one, and its output is equal, byte for byte, to that of a build from
scratch. What cannot be tracked safely is built the ordinary way. Hooks and Markdown extensions use `api`:
``cacheable``, ``skippable``, ``query``, ``remember``, ``ReportedItems`` and ``declare_…``.
`plugin` is the entry point for the hook that MkDocs loads.
"""
