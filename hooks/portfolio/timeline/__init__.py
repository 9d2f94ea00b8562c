"""What templates show: entries, cross-links and the geometry of the chart."""
