"""Audit: what a reader gets, measured on built sites in a real browser (`make audit`).

``content`` creates the sites and finds their pages, ``checks`` measures a page in Chromium,
``lighthouse`` runs Lighthouse, and ``report`` compares the figures with the budgets.
"""
