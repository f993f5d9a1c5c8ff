"""Figures whose layout matplotlib works out by itself: no place in them is counted in pixels."""
