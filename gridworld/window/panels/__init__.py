"""What stands around the grids in a window: buttons and sliders, plots, the backup in numbers, the help."""
