"""Python-Markdown extensions: formulas, diagrams, figures, tables, code blocks, citations and back matter.

They import no MkDocs. What cannot be rendered is reported as a `RenderError` and shown as its source.
"""
