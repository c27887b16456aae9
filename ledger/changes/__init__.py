"""Changes of rules and calendars: published, previewed, approved, run, and counted again."""
