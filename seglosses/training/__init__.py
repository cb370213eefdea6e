"""Train a tiny U-Net on the phantom with any of the losses, and score what it learned."""
