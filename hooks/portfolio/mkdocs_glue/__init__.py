"""The only package of ``portfolio`` that imports MkDocs."""
