"""Grids of the course as other courses lay them out: other axes, another order of actions."""
