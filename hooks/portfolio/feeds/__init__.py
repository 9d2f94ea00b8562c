"""Feeds of the posts: `feeds` plans and writes them, `entry_html` makes the HTML of their entries."""
