"""From the usual files of a data set to masks of the shape that a loss takes; PNG files are in ``images``."""
