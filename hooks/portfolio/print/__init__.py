"""The CV as a PDF and the social cards, both typeset with Typst from templates in ``typst/``.

`cv_pdf` and `social_card` turn the record into bytes; `fonts` knows which characters can be drawn, and
`typst_compiler` runs the compiler.
"""
