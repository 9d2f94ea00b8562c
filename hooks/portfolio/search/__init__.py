"""The search: what is indexed, and the index that browsers load piece by piece."""
