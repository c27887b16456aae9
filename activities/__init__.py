"""Temporal's hands: what workflows may ask of the registrar, and the schedules of the rounds."""
