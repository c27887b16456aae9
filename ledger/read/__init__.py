"""Reading cases: lists, the board, histories, documents, files, likely duplicates."""
