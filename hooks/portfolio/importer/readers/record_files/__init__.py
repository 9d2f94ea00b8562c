"""The readers of files about a career, and what they have in common (`items`)."""
