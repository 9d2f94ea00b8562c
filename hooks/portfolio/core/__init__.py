"""Used by every layer: diagnostics, YAML and JSON with positions, validation, caching, Markdown, slugs."""
