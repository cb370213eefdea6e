"""The exam as a notebook: each question with a cell to answer in, and one that prints what is handed in."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.exam import Exam
from course.exam.words import WORDS

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def notebook(exam: Exam, language: str = "en") -> str:
    """The notebook as its file has it."""
    words = WORDS[language]
    counts = words["sum"].format(questions=len(exam.questions), points=exam.points)
    intro = f"# {words['title']} {exam.number}\n\n{counts} {words['rules']}\n\n{words['in_notebook']}"
    cells = [new_markdown_cell(intro, id="exam")]
    for at, question in enumerate(exam.questions, 1):
        points = words["points"].get(question.points, words["points"][0]).format(n=question.points)
        figures = "\n\n".join(figure.image() for figure in question.variant.figures)
        text = (
            f"## {words['question']} {at}\n\n*{points}*\n\n{question.variant.question}\n\n{figures}".strip()
        )
        cells.append(new_markdown_cell(text, id=f"question-{at}"))
        blank = f"answer_{at} = ...  # {words['kinds'][question.kind]}"
        cells.append(new_code_cell(blank, id=f"answer-{at}"))
    names = ", ".join(f"answer_{at}" for at in range(1, len(exam.questions) + 1))
    code = (
        f'print("{exam.number}")\n'
        f"for number, answer in enumerate([{names}], 1):\n"
        f"    print(f\"{{number}}: {{'{words['not_yet']}' if answer is ... else answer}}\")"
    )
    cells += [new_markdown_cell(f"## {words['hand_in']}", id="hand-in"), new_code_cell(code, id="answers")]
    made = new_notebook(cells=cells, metadata=KERNEL)
    written: str = nbformat.writes(made)
    return written + "\n"
