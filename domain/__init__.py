"""What a case is and what may happen to it. Pure: no clock, no dice, no input or output."""
