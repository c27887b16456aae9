"""PostgreSQL: the append-only ledger of events, the folded cases beside it, and the one way to write to either."""
