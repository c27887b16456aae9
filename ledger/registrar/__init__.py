"""The one way to write: commands are read for, decided, and appended."""
