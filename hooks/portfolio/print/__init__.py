"""The CV as PDF and the social cards, typeset with Typst."""
