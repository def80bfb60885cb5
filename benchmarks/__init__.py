"""Measurements: every number on a page is printed by one of these scripts."""
