"""What several learners bring, and what they cost."""
