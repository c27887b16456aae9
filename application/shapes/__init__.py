"""What the application answers, as shapes: typed, and written out in the order in which they are declared."""
