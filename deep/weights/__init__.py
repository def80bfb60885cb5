"""Trained weights, one NAME.weights.h5 and one NAME.json a chapter."""
