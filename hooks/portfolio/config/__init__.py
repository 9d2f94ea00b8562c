"""The settings that mkdocs.yml holds."""
