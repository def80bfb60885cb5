"""Worlds of the textbook that no map file describes: those that are no grid, as models, and a map that changes."""
