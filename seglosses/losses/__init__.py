"""The losses, one formula a file: dice, iou, bce, bce_dice, focal. What they share: _common, _pixelwise."""
