"""Every word of the worksheets, by language."""

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "sheet": "Worksheet",
        "key": "Key",
        "name": "Name",
        "legend": {
            "marks": "The thick line is the edge of the true mask $Y$; "
            "a cross is a pixel of the prediction $X$.",
            "numbers": "The thick line is the edge of the true mask; a number is the model's probability.",
        },
        "steps": ["Count", "Fill in the formula", "Paint"],
        "found": "What is found",
        "titles": {
            "dice": "Dice loss",
            "bce": "Binary cross entropy",
            "bce-dice": "BCE-Dice",
            "iou": "IoU loss",
            "focal": "Focal loss",
        },
        "count": {
            "dice": "Count the pixels of each kind, out of 100.",
            "bce": "For each kind of pixel find the probability $p_t$ of the true class, the price of one, "
            "how many there are, and what they cost together.",
            "bce-dice": "For each kind of pixel find the probability $p_t$ of the true class, "
            "the price of one, how many there are, and what they cost together.",
            "iou": "Count the pixels of each kind, out of 100.",
            "focal": r"For each kind of pixel find the three factors with $\alpha = 0.25$ and $\gamma = 2$, "
            "the price of one pixel, how many there are, and what they cost together.",
        },
        "fill": {
            "dice": "With smooth 0:",
            "bce": "The mean over all pixels:",
            "bce-dice": r"BCE is a mean; Dice takes $\sum p y$, $\sum p$ and $\sum y$, with smooth 1:",
            "iou": "With smooth 0:",
            "focal": "The mean over all pixels:",
        },
        "paint": {
            "dice": "Cross the pixels of another prediction with the same Dice loss.",
            "bce": "Write its price into each pixel, with two digits. Shade the dearest.",
            "bce-dice": "Cross the pixels of the mask at a threshold of 0.5. How many does it miss?",
            "iou": "Cross the pixels of another prediction with the same IoU loss.",
            "focal": "Write its price into each pixel, in thousandths. Which class costs more?",
        },
        "painted": {
            "dice": "One of many: the counts are the same, and Dice sees nothing else.",
            "bce": "The nodule pixel at 0.8 is the dearest. The background is cheap, but much.",
            "bce-dice": "It misses the bottom row.",
            "iou": "One of many: the counts are the same, and IoU sees nothing else.",
            "focal": "The background: each of its pixels is cheap, and there are so many.",
        },
    }
}
