"""Pictures: their size, their smaller copies, and the public copy of the original.

Nothing here knows of MkDocs or Markdown; bytes come in and bytes go out.
"""
