"""Exercises made from the chapters' own lines and graded by the chapters' own tests.  python -m exercises"""
