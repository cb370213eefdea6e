"""An exam from a seed: the same for the same seed, whole on its pages, and without its key but in the key."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from course.book import ROOT, Refused
from course.exam import available, drawn
from course.exam.mark import report
from course.exam.notebook import notebook
from course.exam.page import page
from course.exam.sheets import key, paper
from course.exam.words import WORDS

from seglosses.exercises.contents import CHAPTERS
from seglosses.exercises.variants import labels

SEED = 20261125  # of the printed one
EVERY = drawn(7, len(labels()))


def test_questions_are_spread_over_the_chapters():
    """Eight of eight chapters, in the order of the book, with points for minutes."""
    for seed in range(20):
        exam = drawn(seed)
        titles = [question.chapter for question in exam.questions]
        assert len(set(titles)) == len(titles) == 8
        assert titles == sorted(titles, key=list(CHAPTERS.values()).index)
        assert exam.points == sum(q.variant.check.listed.minutes for q in exam.questions)
    assert {"Dice", "BCE", "BCE-Dice", "IoU", "Focal"} <= {q.chapter for q in EVERY.questions}
    assert len({q.chapter for q in EVERY.questions}) >= 8


def test_a_seed_is_an_exam():
    """The same one twice, and 200 different ones of 200 seeds."""
    assert page(drawn(7)) == page(drawn(7))
    exams = [drawn(seed) for seed in range(200)]
    texts = {tuple(q.variant.question for q in exam.questions) for exam in exams}
    assert len(texts) == len({exam.number for exam in exams}) == 200


def test_chapters_and_count_are_those_asked_for():
    """Of two chapters, as many as they have where more are usual."""
    exam = drawn(7, None, "iou", "dice")
    assert [q.label for q in exam.questions] == available("dice")["dice"] + available("iou")["iou"]
    assert len(drawn(7, 3, "focal").questions) == 3


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((7, 5, "playground"), r"chapter must be one of dice, bce, .*; got 'playground'\.$"),
        ((7, 3, "dice"), r"QUESTIONS must be 1 to 2, as many as there are exercises; got 3\.$"),
        ((7, 0), r"QUESTIONS must be 1 to \d+, .*; got 0\.$"),
    ],
)
def test_what_cannot_be_drawn(arguments, error):
    """An unknown chapter, too many questions, none."""
    with pytest.raises(Refused, match=error):
        drawn(*arguments)


# ---- nothing but the key holds the key ---------------------------------------------------------------------


def secrets(question):
    """What would tell an answer: the worked arithmetic, its results, and the reasons of the slips."""
    variant = question.variant
    description = variant.description
    sentences = re.split(r"(?<=[.;]) ", variant.solution)
    reasons = [reason for _, reason in variant.slips] + [getattr(description, "hint", "")]
    digits = re.findall(r"\d+\.\d{4,}", variant.answer + variant.solution)
    printed = set(re.findall(r"\d+\.\d+", variant.question))
    return [text for text in [*sentences, *reasons] if len(text) > 12], set(digits) - printed


@pytest.mark.parametrize("form", [paper, page, notebook], ids=lambda form: form.__name__)
def test_the_students_forms_hold_no_answer(form):
    """Neither sentences of the solutions nor numbers of the answers, nor the seed."""
    made = form(drawn(987654321, len(labels())))
    text = re.sub(r"base64,[\w+/=]*", "", made)
    assert "987654321" not in text
    for question in drawn(987654321, len(labels())).questions:
        sentences, digits = secrets(question)
        assert question.variant.question.partition("$")[0].partition("`")[0].partition("\n")[0][:40] in made
        for secret in sentences:
            assert secret not in text
            assert json.dumps(secret)[1:-1] not in text
        if form is not paper:  # the paths of a formula's signs are numbers, too
            assert [one for one in digits if re.search(rf"(?<![\d.]){re.escape(one)}(?!\d)", text)] == []


def test_the_page_gives_its_forms_no_more_than_they_show():
    """No right answer, no slip, no rule, no hint; of a word its length alone."""
    found = re.search(r'<script type="application/json" id="exam">(.*?)</script>', page(EVERY), re.S)
    for question in json.loads(found[1])["questions"]:
        description = question["description"]
        kept = {"kind", "says", "letters", "names", "holds", "target", "outline", "start", "count", "hint"}
        assert set(description) <= kept
        assert description["hint"] == ""


def test_the_key_holds_all():
    """Each worked solution's numbers and each reason."""
    made = key(EVERY, 7)
    assert "SEED=7" in made
    for question in EVERY.questions:
        for _, reason in question.variant.slips:
            assert reason.partition("'")[0].partition('"')[0][:60].rstrip() in made.replace("&quot;", '"')
    assert made.count('class="solution"') == len(EVERY.questions)


# ---- the notebook ------------------------------------------------------------------------------------------


def test_the_notebook_prints_what_is_handed_in(capsys):
    """It is valid, runs as it is and with answers, and needs no package."""
    read = nbformat.reads(notebook(EVERY), as_version=4)
    nbformat.validate(read)
    code = "\n".join(cell.source for cell in read.cells if cell.cell_type == "code")
    exec(code.replace("answer_1 = ...", "answer_1 = 1 / 9"), {})
    first, one, two, *_ = capsys.readouterr().out.splitlines()
    assert (first, one, two) == (EVERY.number, f"1: {1 / 9}", "2: not answered")


# ---- as the command makes it -------------------------------------------------------------------------------


def exam(*arguments: str, module: str = "course.exam", **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command as the Makefile does."""
    command = [sys.executable, "-m", module, *arguments]
    path = {"PYTHONPATH": "tools:book/_ext", "PATH": "/usr/bin:/bin", **env}
    return subprocess.run(command, cwd=ROOT, env=path, capture_output=True, text=True)


@pytest.fixture(scope="module")
def made() -> Path:
    """An exam of all that there is."""
    done = exam(str(SEED), "--questions", str(len(labels())))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"_build/exam/{SEED}\n"
    return ROOT / "_build/exam" / str(SEED)


def read(path: Path) -> list[str]:
    """The pages of a PDF as text."""
    return subprocess.check_output(["pdftotext", "-layout", path, "-"], text=True).split("\f")[:-1]


def test_everything_is_there(made: Path):
    """Paper and key in both sizes, the page, the notebook, and nothing else."""
    papers = {f"{name}-{size}.pdf" for name in ("paper", "key") for size in ("a4", "letter")}
    assert {path.name for path in made.iterdir()} == papers | {"exam.html", "exam.ipynb"}
    for size, points in (("a4", "(A4)"), ("letter", "612 x 792 pts")):
        assert points in subprocess.check_output(["pdfinfo", made / f"paper-{size}.pdf"], text=True)


@pytest.mark.parametrize("size", ["a4", "letter"])
def test_no_question_is_torn(made: Path, size: str):
    """Each page has as many answers as questions, a number at its foot, and the first one the names."""
    pages = read(made / f"paper-{size}.pdf")
    painted = next(i for i, q in enumerate(EVERY.questions, 1) if q.kind == "grid")
    for at, text in enumerate(pages, 1):
        asked = re.findall(r"^ *Question (\d+) +\d+ points?$", text, re.M)
        assert len(re.findall(r"^ *Answer", text, re.M)) == len(asked) - (str(painted) in asked)
        assert re.search(rf"\b{at} ?/ ?{len(pages)}\s*$", text)
    assert "Name" in pages[0]
    assert f"{len(labels())} questions" in pages[0]


def test_the_same_seed_gives_the_same_bytes(made: Path, tmp_path: Path):
    """All six files, in another process that orders its sets otherwise."""
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    assert exam(str(SEED), "--questions", str(len(labels())), PYTHONHASHSEED="3").returncode == 0
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["seven"], "SEED must be a whole number; got 'seven'.\n"),
        ([""], "SEED must be a whole number; got ''.\n"),
        (["7", "--questions", "few"], "QUESTIONS must be a whole number; got 'few'.\n"),
        (
            ["7", "dice", "--questions", "9"],
            "QUESTIONS must be 1 to 2, as many as there are exercises; got 9.\n",
        ),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], error: str):
    """And an exit status of 1."""
    done = exam(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", error)


def test_without_a_browser_nothing_is_written():
    """What is missing is said, and no half of an exam is left."""
    done = exam("12345678", PATH="/nowhere", PLAYWRIGHT_BROWSERS_PATH="/nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("No browser")
    assert "Traceback" not in done.stderr
    assert not (ROOT / "_build/exam/12345678").exists()
    assert not list((ROOT / "_build/exam").glob(".*"))


# ---- marking -----------------------------------------------------------------------------------------------


def test_marking_counts_points_and_names_slips(tmp_path: Path):
    """Every right answer of every kind has its points; a slip its reason; a blank nothing."""
    lines = [EVERY.number]
    for at, question in enumerate(EVERY.questions, 1):
        right = getattr(question.variant.description, "right", None)
        if question.kind == "grid":
            (figure,) = question.variant.solved
            right = ", ".join(str(tuple(pixel)) for pixel in figure.prediction.nonzero().tolist())
        lines.append(f"{at}: {right if isinstance(right, str) else float(right)}")
    file = tmp_path / "handed-in.txt"
    file.write_text("\n".join(lines))
    assert report(file, EVERY).startswith(f"{file}: {EVERY.points}/{EVERY.points}\n")

    slip, reason = next(iter(EVERY.questions[0].variant.description.slips.items()))
    file.write_text(f"{EVERY.number}\n1: {slip}\n2: not answered")
    first, one, two, *_ = report(file, EVERY).splitlines()
    assert first == f"{file}: 0/{EVERY.points}"
    assert one == f"  1: {slip} ✗ {reason}"
    assert two == "  2:  ✗"


def test_what_cannot_be_marked(tmp_path: Path):
    """Another exam's text, and no file."""
    file = tmp_path / "handed-in.txt"
    file.write_text("abcdef\n1: 1/9")
    with pytest.raises(Refused, match=rf"first line must be {EVERY.number}, the exam's number; got 'abcdef'"):
        report(file, EVERY)
    with pytest.raises(Refused, match="cannot be read"):
        report(tmp_path / "none.txt", EVERY)


def test_the_command_marks_files(tmp_path: Path):
    """Those that are named; without one it says so in a line."""
    file = tmp_path / "handed-in.txt"
    file.write_text(f"{EVERY.number}\n")
    count = ["--questions", str(len(labels()))]
    done = exam("7", *count, "--files", str(file), module="course.exam.mark")
    assert done.stdout.startswith(f"{file}: 0/{EVERY.points}\n  1:  ✗\n")
    done = exam("7", *count, "--files", module="course.exam.mark")
    assert (done.returncode, done.stderr) == (
        1,
        "FILES must name what was handed in, one file or more; got none.\n",
    )


# ---- the page in a browser ---------------------------------------------------------------------------------


def test_the_page_is_answered_offline(made: Path, visit, violations):
    """From a file: each kind of form keeps its answer, says nothing of it, and the text to hand in has it."""
    site = visit(viewport={"width": 390, "height": 844})
    site.page.goto((made / "exam.html").as_uri())
    forms = site.page.locator(".exercise-form")
    forms.nth(len(labels()) - 1).wait_for()
    assert forms.count() == len(labels())
    kinds = {q.kind: at for at, q in enumerate(drawn(SEED, len(labels())).questions, 1)}
    given = {"number": "1/9", "letter": "b", "word": "aaaaa", "grid": "(0, 0)"}
    for kind, at in kinds.items():
        form = site.page.locator(f"#question-{at}")
        if kind == "number":
            form.locator("input").fill("1/9")
        elif kind == "grid":
            form.locator("[aria-label^='Row 1, column 1:']").click()
        else:
            for row in form.locator(".ex-row").all():
                row.get_by_label(given[kind][0], exact=True).check()
        form.locator(".ex-check").click()
        assert form.locator(".ex-verdict").text_content() == "It stays on this device."
        line = site.page.locator("#answers").input_value().splitlines()[at]
        assert line.startswith(f"{at}: {given[kind]}")
    assert site.page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(site.page) == []
    site.page.reload()
    kept = site.page.locator(f"#question-{kinds['number']} input")
    kept.wait_for()
    assert kept.input_value() == "1/9"
    assert "1/9" in site.page.locator("#answers").input_value()


def test_what_is_no_number_is_said(made: Path, visit):
    """A typing mistake is not kept in silence."""
    site = visit()
    site.page.goto((made / "exam.html").as_uri())
    at = next(at for at, q in enumerate(drawn(SEED, len(labels())).questions, 1) if q.kind == "number")
    form = site.page.locator(f"#question-{at}")
    form.locator("input").fill("a ninth")
    form.locator(".ex-check").click()
    assert "must be a number; got 'a ninth'" in form.locator(".ex-verdict").text_content()


def test_every_form_has_its_words():
    """No language lacks one."""
    for words in WORDS.values():
        assert set(words) == set(WORDS["en"])
        assert set(words["kinds"]) == {"number", "letter", "word", "grid"}
