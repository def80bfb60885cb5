"""An agent to look at: trained weights at play, and how a training run goes beside them."""
