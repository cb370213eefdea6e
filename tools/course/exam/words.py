"""Every word of an exam, by language."""

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Exam: segmentation losses",
        "key": "Key",
        "name": "Name",
        "date": "Date",
        "question": "Question",
        "points": {1: "{n} point", 0: "{n} points"},
        "sum": "{questions} questions, {points} points, {points} minutes.",
        "rules": "A calculator is allowed. The logarithm is the natural one, $s$ is smooth. "
        "In a grid the thick line is the edge of the true mask, a cross is a predicted pixel, and a number "
        "is a probability or a class. Where no fraction is asked for, four decimals are enough.",
        "answer": "Answer",
        "slips": "Likely slips",
        "in_page": "Your answers stay on this device until you hand them in. "
        "Nobody says here whether they are right.",
        "hand_in": "Hand in",
        "how_to_hand_in": "This text has all the answers that you have kept. Copy it, or save it as a file.",
        "save": "Save as a file",
        "not_yet": "not answered",
        "in_notebook": "Replace each `...` by your answer. The last cell prints what you hand in.",
        "kinds": {
            "number": "a number, or a fraction as in 1 / 9",
            "letter": 'a letter, as "a"',
            "word": 'letters in one word, as "abc"',
            "grid": "the pixels that you paint, as (row, column) from (0, 0)",
        },
    }
}
