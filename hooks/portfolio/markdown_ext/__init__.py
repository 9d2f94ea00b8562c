"""Formulas and diagrams, set while the site is built: TeX to MathML, Mermaid to SVG.

Nothing here knows of MkDocs. Markdown calls the parts, and what cannot be set is reported as a misprint.
"""
