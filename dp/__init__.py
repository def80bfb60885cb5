"""Dynamic programming: the chapters that know the model of the world."""
