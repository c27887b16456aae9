"""Matters of other systems, taken over with their past."""
