"""What people do with the house, once: whoever asks, by HTTP, at a terminal or on a page, gets it from here."""
