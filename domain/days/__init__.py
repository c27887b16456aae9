"""Days: instants, limits, official days off, counting, office hours. All in Shanghai."""
