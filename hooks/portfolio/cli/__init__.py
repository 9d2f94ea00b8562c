"""The commands of ``python -m portfolio``."""
