"""What the chapters of dynamic programming share and no lecture is about."""
