"""Posts: publication status, series, related posts, URLs."""
