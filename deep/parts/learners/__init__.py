"""Learners that work beside the script that started them: in processes, on Ray, or in turn."""
