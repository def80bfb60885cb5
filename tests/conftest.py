"""What all tests share."""

from hypothesis import settings

# A busy machine must not fail a test that is right: no time limit for a single example.
settings.register_profile("course", deadline=None)
settings.load_profile("course")
