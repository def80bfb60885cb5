"""Tabular learning: the chapters that learn from experience, one table entry at a time."""
