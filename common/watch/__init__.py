"""A trained agent to look at: the demo, its stage, and the films of it."""
