"""Loops that keep the ledger, Temporal and the calendar in step: relay, Patrol, courier, rounds, roll call."""
