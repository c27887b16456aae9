"""What opens by itself: openings of a period, lots, agendas, frozen lists."""
