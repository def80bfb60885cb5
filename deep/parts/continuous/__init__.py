"""Parts of the chapters whose actions are numbers."""
