"""Notebooks, one a chapter, made from its page, its script and its exercises."""
