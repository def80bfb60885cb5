"""Bandits: the arms, many learners at once, and the lesson that the window shows."""
