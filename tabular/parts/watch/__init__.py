"""A learner under observation: its steps written down, its updates in their parts, and your hand on its choices."""
