"""A case: its state, the events that make it, what may be done to it, and what time alone does."""
