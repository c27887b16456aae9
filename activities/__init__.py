"""The hands of workflows, and what keeps Temporal and the ledger in step: relay, Patrol, roll call."""
