"""Deep learning: the chapters in which a network replaces the table."""
