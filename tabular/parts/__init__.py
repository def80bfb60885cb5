"""What the tabular chapters share and no lecture is about."""
