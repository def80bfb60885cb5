"""Worlds of the textbook that are no grid, as models: rules and numbers, no algorithm."""
