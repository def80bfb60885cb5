"""The window around an agent that plays episodes of an environment, which need not have a map."""
