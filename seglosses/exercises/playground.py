"""The checks of the playground's page."""

from seglosses.exercises._check import described
from seglosses.exercises._described import Letter, Number


@described("playground-threshold", "What the threshold moves", level=1, minutes=4)
def what_the_threshold_leaves() -> Letter:
    """Check which of four things does not change when the threshold is dragged."""
    return Letter(
        "c",
        "It is a mean over probabilities. The threshold comes after them, and no training has heard of it.",
        {
            "a": "Dice is that of the masks, and the mask is what the threshold makes.",
            "b": "A lower threshold lets more pixels in, those of the nodules among them.",
            "d": "This is what it moves before all else: press Mask, and drag it.",
        },
        hint="Which of the four is computed from the probabilities themselves?",
    )


@described("playground-reach", "How far a pixel sees", level=2, minutes=5)
def how_far_a_pixel_sees() -> Number:
    """Check the side of what a logit depends on, after 3x3 layers with dilations 1, 2 and 4."""
    # 1 + 2 (1 + 2 + 4) = 15
    return Number(
        15,
        "A layer reaches one dilation to each side: 7 to the left, 7 to the right, and the pixel itself.",
        {
            7: "It would be so without dilations. They put gaps between the pixels that a layer looks at.",
            8: "This is one side of it, with the pixel. The layers reach to the left and to the right.",
            9: "This is the last layer alone. It looks at pixels that have looked around themselves.",
            14: "The pixel itself is missing.",
            225: "This is the number of pixels, 15 by 15. The question asks for one side.",
        },
        hint="How far to one side does a layer reach, if its dilation is d? Add the three layers up.",
    )


@described("playground-keep", "Keep the nodules", level=3, minutes=6)
def how_to_keep_the_nodules() -> Letter:
    """Check which of four changes keeps the nodules that Dice alone erases, one image a step."""
    return Letter(
        "d",
        "With eight images a step the nodules of all eight stand in one fraction, and hold each other up.",
        {
            "a": "From there they are erased, too: each p starts where Dice has next to no gradient.",
            "b": "At the end no p is above 0.01, and none of the thresholds there are finds anything.",
            "c": "Of five seeds all lose the nodules. Another one is no cure.",
        },
        hint="What could hold a nodule up while the rest of its image is pushed down?",
    )
