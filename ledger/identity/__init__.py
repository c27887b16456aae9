"""Who somebody is: tokens, hats, posts and absences, and how far a hat looks."""
