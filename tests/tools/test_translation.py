"""Editions in step: every kind of drift between a page and its translation is named, and nothing else is."""

import json
from pathlib import Path

import pytest
import translation
from numerals import ANY_ORDER
from translated import code_drift, drift, faults
from translation import complaints, main, pages, stamp, status, sync

PAGE = Path("book/dice.ipynb")
TEXT = """## Dice by hand

The *overlap* of `y` and $p$ is 17 of 20 pixels, see {ref}`dice-loss` and [IoU](iou.ipynb#iou-union).[^1]

$$D = \\frac{2 \\cdot 17}{37} \\text{ here}$$

```python
answer = 1 / 9
```"""
CHINESE = """## 手算Dice

`y`与$p$的*交集*有17个像素（共20个），见{ref}`dice-loss`与[交并比](iou.ipynb#iou-union)。[^1]

$$D = \\frac{2 \\cdot 17}{37} \\text{ 此处}$$

```python
answer = 1 / 9
```"""
CODE = 'Question(f"Which of {n} pixels?", {"Two": "Yes, two."}, right="Two", name="dice-two")'
CHINESE_CODE = 'Question(f"{n}个像素中的哪个？", {"两个": "对，两个。"}, right="两个", name="dice-two")'


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of one chapter, one Markdown page and a README, with a whole edition."""
    cells = [
        {"cell_type": "markdown", "id": "dice-hand", "metadata": {}, "source": [TEXT]},
        {"cell_type": "code", "id": "dice-two", "metadata": {"tags": ["remove-input"]}, "source": [CODE]},
        {"cell_type": "code", "id": "dice-run", "metadata": {}, "source": ["loss = 1"]},
    ]
    for cell in cells[1:]:
        cell |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}], "execution_count": 1}
    (tmp_path / "book/zh").mkdir(parents=True)
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / PAGE).write_text(json.dumps(notebook))
    (tmp_path / "book/words.md").write_text("# Words\n\nOne.\n\n```\n# no heading\n```\n\n## Two\n\nThree.\n")
    (tmp_path / "README.md").write_text("# Read me\n")
    monkeypatch.setattr(translation, "ROOT", tmp_path)
    sync("zh")
    edit("dice-hand", lambda _: CHINESE)
    edit("dice-two", lambda _: CHINESE_CODE)
    stamp(PAGE, "zh", [])
    (tmp_path / "book/zh/words.md").write_text("# 词汇\n\n一。\n\n```\n# no heading\n```\n\n## 二\n\n三。\n")
    (tmp_path / "README.zh.md").write_text("# 读我\n")
    for page in ("book/words.md", "README.md"):
        stamp(Path(page), "zh", [])
    return tmp_path


def edit(name: str, change, page: str = "book/zh/dice.ipynb") -> None:
    """Change what a cell says."""
    path = translation.ROOT / page
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["id"] == name:
            cell["source"] = change("".join(cell["source"]))
    path.write_text(json.dumps(notebook), "utf-8")


def found() -> list[str]:
    """All complaints about the edition."""
    return [complaint for page in pages() for complaint in complaints(page, "zh")]


def test_a_whole_edition_is_in_step(book: Path):
    """And to sync it changes nothing, outputs included."""
    assert found() == []
    before = {path: path.read_bytes() for path in book.rglob("*") if path.is_file()}
    sync("zh")
    assert {path: path.read_bytes() for path in book.rglob("*") if path.is_file()} == before
    assert [row.split()[1:] for row in status("zh").splitlines()[1:]] == [
        ["1", "1", "0"],
        ["2", "2", "0"],
        ["2", "2", "0"],
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("dice-hand", "## ", "### ", "heading"),
        ("dice-hand", "$p$", "$q$", "formula"),
        ("dice-hand", "cdot", "times", "formula"),
        ("dice-hand", "{ref}`dice-loss`", "{ref}`dice`", "role ref"),
        ("dice-hand", "iou.ipynb#iou-union", "iou.ipynb", "link"),
        ("dice-hand", "`y`", "`z`", "literal"),
        ("dice-hand", "1 / 9", "1 / 8", "block"),
        ("dice-hand", "[^1]", "", "footnote"),
        ("dice-hand", "17个像素（共20个）", "20个像素（共17个）", "numerals"),
        ("dice-hand", "17个", "十七个", "numerals"),
        ("dice-hand", "手算Dice", "手算 Dice", "a space beside Chinese"),
        ("dice-hand", "与[", "与\n[", "a line break between Chinese"),
        ("dice-hand", "），见", "),见", "half-width punctuation"),
        ("dice-two", "dice-two", "dice-zwei", "code"),
        ("dice-two", "{n}", "{m}", "code"),
        ("dice-two", 'right="两个"', 'right="二"', "'Two' is"),
        ("dice-two", "对，", "对, ", "half-width punctuation"),
        ("dice-two", "Question", "NumberQuestion", "code"),
        ("dice-run", "1", "2", "is not translated"),
    ],
)
def test_each_kind_of_drift_is_named(book: Path, name: str, old: str, new: str, complaint: str):
    """In its place, by what has changed."""
    edit(name, lambda text: text.replace(old, new))
    assert complaint in "".join(found())


def test_a_change_of_english_makes_its_translation_stale(book: Path):
    """In a notebook and in a Markdown page, until it is stamped again; an added cell is missing."""
    edit("dice-hand", lambda text: text.replace("overlap", "intersection"), page=str(PAGE))
    words = book / "book/words.md"
    words.write_text(words.read_text().replace("Three", "Four"))
    assert found() == [
        "book/zh/dice.ipynb, dice-hand: is stale: English has changed since",
        "book/zh/words.md, section 2: is stale: English has changed since",
    ]
    assert "1       1" in status("zh")
    stamp(PAGE, "zh", ["dice-hand"])
    stamp(Path("book/words.md"), "zh", [])
    assert found() == []


def test_missing_and_extra_cells_are_named_and_synced(book: Path):
    """A new cell comes in English, and is not translated; a dropped one goes."""
    path = book / PAGE
    notebook = json.loads(path.read_text())
    notebook["cells"][2] |= {"id": "dice-new", "source": ["print('a new one')"]}
    path.write_text(json.dumps(notebook))
    assert found() == ["book/zh/dice.ipynb: missing ['dice-new'], extra ['dice-run']"]
    sync("zh")
    assert found() == ["book/zh/dice.ipynb, dice-new: is not translated"]
    (book / "book/zh/words.md").unlink()
    assert "there is no translation" in "".join(found())


def test_a_tag_frees_the_order_of_numerals_and_nothing_else(book: Path):
    """It stands on the translated cell alone, and sync keeps it."""
    edit("dice-hand", lambda text: text.replace("17个像素（共20个）", "20个像素中的17个"))
    path = book / "book/zh/dice.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][0]["metadata"]["tags"] = [ANY_ORDER]
    path.write_text(json.dumps(notebook), "utf-8")
    assert found() == []
    edit("dice-hand", lambda text: text.replace("20个", "21个"))
    assert "numerals" in "".join(found())
    sync("zh")
    assert json.loads(path.read_text("utf-8"))["cells"][0]["metadata"]["tags"] == [ANY_ORDER]


@pytest.mark.parametrize(
    "text",
    [
        "这是**重点**，见`y`与$p$。",
        "- 第一项\n- 第二项\n\n1. 其一\n2. 其二",
        "| 量 | 值 |\n|---|---|\n| 交集 | 17 |",
        ":::{note} 注意\n:class: dropdown\n损失（loss）为0。\n:::",
        "> 引文\n\n[链接](https://example.org/a,b)在此。",
        "比例为3:4，时间为10:30。",
    ],
)
def test_good_chinese_has_no_fault(text: str):
    """Lists, tables, directives and links are written as Markdown wants them."""
    assert faults(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "掩膜 与真值",
        "用 torch计算",
        "真值(truth)",
        "真值,预测",
        '他说"好"',
        "第一行\n第二行",
        "**注意：**后文",
    ],
)
def test_faults_of_chinese_are_found(text: str):
    """Spaces, half-width marks, broken lines, and emphasis that would show its stars."""
    assert len(faults(text)) >= 1


def test_what_may_change_in_code_and_what_may_not():
    """Words of the other script, and comments; never a name, a number, or a key."""
    assert code_drift("x = 'a word'  # why", "x = '一个词'  # 缘由") == []
    assert code_drift("f'{a} of {b}'", "f'{b}中的{a}'") == []
    assert code_drift("f'{a:.2f} of {b}'", "f'{b}中的{a:.3f}'") != []
    assert code_drift("x = 'bce'", "x = 'dice'") != []
    assert code_drift("x = 1", "x = 2") != []
    assert code_drift("x = 1", "x = (") != []
    assert code_drift("if x:\n    %pip install a", "if x:\n    %pip install b") != []
    assert code_drift("%pip install a\n# why", "%pip install a\n# \u7532") == []


def test_words_inside_a_formula_are_words():
    r"""What \text holds is translated; the rest of a formula is not."""
    assert drift("$a \\text{ if } b$", "$a \\text{ 若 } b$") == []
    assert drift("$a \\text{ if } b$", "$b \\text{ 若 } a$") != []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "chinese"], "language must be a code of two letters, such as zh; got 'chinese'"),
        (["stamp", "zh", "book/none.ipynb"], "page must be an English page"),
    ],
)
def test_a_wrong_word_on_the_command_line(book, monkeypatch, capsys, arguments, message):
    """Is refused with what was expected."""
    monkeypatch.setattr("sys.argv", ["translation.py", *arguments])
    with pytest.raises(SystemExit):
        main()
    assert message in capsys.readouterr().err


def test_check_says_nothing_of_a_good_edition_and_fails_on_a_bad_one(book, monkeypatch):
    """Its exit status is what `make test` looks at."""
    monkeypatch.setattr("sys.argv", ["translation.py", "check", "zh"])
    main()
    edit("dice-hand", lambda text: text.replace("$p$", "$q$"))
    with pytest.raises(SystemExit, match="dice-hand: structure: missing"):
        main()
