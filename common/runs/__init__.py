"""A training run: its options, its steps, its verdict, and the files that it leaves."""
