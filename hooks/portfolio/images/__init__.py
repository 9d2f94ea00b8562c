"""Images: their kind and size, responsive variants, and the public copy without metadata or active content.

Nothing here imports MkDocs or Markdown: bytes come in and bytes go out.
"""
