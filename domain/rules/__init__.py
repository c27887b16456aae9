"""The rules as data: procedures with their forms, votes and rewards; rounds and lots; proofs of soundness."""
