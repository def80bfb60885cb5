"""What every script shares and no lecture is about."""
