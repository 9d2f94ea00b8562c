"""What every layer uses: diagnostics, positions in YAML and JSON, validation, caching, slugs."""
