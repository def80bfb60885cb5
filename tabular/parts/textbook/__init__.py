"""The experiments of the textbook's figures, one file a chapter of the book."""
