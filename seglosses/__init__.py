"""Five losses that train image segmentation, written to be read."""

__version__ = "0.1.0"
