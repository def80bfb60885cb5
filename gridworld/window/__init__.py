"""The window around a world: what an agent makes of it, drawn with pygame. Importing the package loads nothing."""
