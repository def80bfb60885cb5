"""The worlds of the course and the window around them."""
