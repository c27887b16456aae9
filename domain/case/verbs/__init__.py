"""What the shared verbs do beyond forms, stages and items."""
