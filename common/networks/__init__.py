"""Networks as NumPy sees them: from Keras's description to an agent that acts, and the files that hold both."""
