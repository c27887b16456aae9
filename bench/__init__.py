"""Measurements and bounded trials. Each module runs by itself: `python -m bench.drill --help`."""
