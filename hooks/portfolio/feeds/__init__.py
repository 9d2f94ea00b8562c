"""Feeds: what the posts look like to those who follow them from elsewhere. Nothing here imports MkDocs."""
