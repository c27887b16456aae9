"""Whether the ledger is whole, who looked at what is sealed, and what could not be read."""
