"""Environments by their gymnasium id: made, checked, stored, and told their settings."""
