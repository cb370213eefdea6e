"""Worksheets: a grid of each loss to work out by hand, with a key apart."""
