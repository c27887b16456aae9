"""Clocks: what runs in a case, when it warns and climbs, what is used up, and how each date came about."""
