"""Building blocks that several deep chapters share."""
