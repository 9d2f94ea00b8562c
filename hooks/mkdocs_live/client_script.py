"""The script that pages get when they are served, and only then."""

from __future__ import annotations

import hashlib

# Addresses that are the server's own.
EVENTS, SCRIPT = "/livereload", "/livereload.js"
_END = b"</body>"


def tag_of(content: bytes) -> str:
    """What a content is known by: the same for the same bytes."""
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def inject(page: bytes, tag: str) -> bytes:
    """A page that reloads when it has another ``tag``; the script stands at the end of its body."""
    script = f'<script src="{SCRIPT}" data-page="{tag}" async></script>'.encode()
    head, end, tail = page.rpartition(_END)
    return head + script + end + tail if end else page + script
