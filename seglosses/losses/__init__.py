"""The losses, one formula a file: read dice, iou, bce, bce_dice, focal, and _common for what they share."""
