"""PostgreSQL and Temporal as child processes of one supervisor, for one machine."""
