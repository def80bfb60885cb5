"""The picture of a grid: colours, marks, and what a cell shows."""
