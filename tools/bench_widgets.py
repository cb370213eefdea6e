"""How long a widget takes from a hand's move to the next picture, on a processor of a fourth of the speed.

    python tools/bench_widgets.py [--moves 60] [--only comparer]

Each row is one way to use a widget, on the 10x10 grids of the text and on 64x64, the largest there are: the
median and the 95th percentile in milliseconds, marked where it misses 16 and 50 ms, and how many times the
larger grid takes longer. Counted is the processor time of the page's thread, from the task that brings the
move to the one that hands its frame over, as the browser's own trace has it, times four: a clock would count
other programs and the wait for the screen as well. The first row is the least that a page can do, one number
in a square: what this browser costs on this machine by itself.
"""

import argparse
import json
import statistics
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from playwright.sync_api import Browser, Page, sync_playwright

from seglosses.grids import LUNG, LUNG_PROBABILITIES
from seglosses.widgets import (
    FocalExplorer,
    GridPainter,
    LossComparer,
    ProbabilityPainter,
    ThresholdExplorer,
    TrainingPlayer,
)
from seglosses.widgets.kit.base import Widget
from tests.conftest import chromium
from tests.widgets.conftest import HARNESS, NEXT_FRAME, THEME

SIDES = (10, 64)
BARS = {10: 16, 64: 50}
SLOWER = 4


class Grid(NamedTuple):
    """A truth, and probabilities of it."""

    y: torch.Tensor
    p: torch.Tensor


def grid(side: int) -> Grid:
    """The lungs of the text; larger, a disc under noise, so that hardly two pixels are alike."""
    if side == len(LUNG):
        return Grid(LUNG, LUNG_PROBABILITIES)
    axis = torch.linspace(-1, 1, side, dtype=torch.float64)
    y = (axis[:, None] ** 2 + axis**2 < 0.3).double()
    noise = torch.rand(side, side, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return Grid(y, 0.2 + 0.4 * y + 0.4 * noise - 0.1 * y)


class Recording(NamedTuple):
    """As much of a training as the player asks for."""

    losses: torch.Tensor
    steps: list[int]
    frames: torch.Tensor


def player(g: Grid) -> TrainingPlayer:
    """Two recordings of eleven frames, from chance to what is probable."""
    way = torch.linspace(0, 1, 11, dtype=torch.float64)[:, None, None, None]
    frames = (255 * ((1 - way) * g.p.flip(0) + way * g.p)).round().to(torch.uint8)
    run = Recording(torch.linspace(1, 0.1, 100), list(range(0, 101, 10)), frames)
    other = run._replace(frames=frames.flip(-1))
    return TrainingPlayer(g.p[None, None].float(), g.y[None, None].float(), {"BCE": run, "Dice": other})


class Use(NamedTuple):
    """A widget, and the part of it that a hand goes over, with a button held down or not."""

    what: str
    widget: Callable[[Grid], Widget | None]
    part: str
    press: bool = True
    first: str = ""  # what is pressed before, once


GRID, PLOT = ".sl-grid", ".pl-plot"
USES = [
    Use("nothing but a number", lambda g: None, "main"),
    Use("grid painter, paint", lambda g: GridPainter(g.y), GRID),
    Use("- paint, the sum lit", lambda g: GridPainter(g.y), GRID, first="[role=button][data-terms=sum]"),
    Use("- paint, with Dice of IoU", lambda g: GridPainter(g.y, plot="dice_of_iou"), GRID),
    Use("probability painter, paint (BCE)", lambda g: ProbabilityPainter(*g), GRID),
    Use(
        "- paint (gradient of BCE-Dice)",
        lambda g: ProbabilityPainter(*g, loss="bce_dice", show="gradient"),
        GRID,
    ),
    Use("- look at pixels (focal)", lambda g: ProbabilityPainter(*g, loss="focal"), GRID, press=False),
    Use("- gamma", lambda g: ProbabilityPainter(*g, loss="focal"), "[data-control=gamma] input"),
    Use("- threshold", lambda g: ProbabilityPainter(*g), "[data-control=threshold] input"),
    Use("focal explorer, gamma", lambda g: FocalExplorer(g.y, g.p), "[data-control=gamma] input"),
    Use("- p_t on the plot", lambda g: FocalExplorer(g.y, g.p), PLOT),
    Use(
        "loss comparer, position", lambda g: LossComparer(g.y, 1 - g.p, g.p), "[data-control=position] input"
    ),
    Use("- dice_weight", lambda g: LossComparer(g.y, 1 - g.p, g.p), "[data-control=dice_weight] input"),
    Use(
        "threshold explorer, cut",
        lambda g: ThresholdExplorer({"one": (g.p, g.y)}),
        "[data-control=threshold] input",
    ),
    Use("training player, step", player, "[data-control=step] input"),
]


def times(browser: Browser, use: Use, side: int, moves: int) -> list[float]:
    """Milliseconds of each move of the hand over that part of the widget."""
    page = shown(browser, use.widget(grid(side)))
    box = page.locator(use.part).first.bounding_box()
    assert box is not None  # what is hidden has none
    tall = box["height"] > 60
    if use.first:
        page.locator(use.first).first.click()

    def to(share: float) -> None:
        across = box["width"] * (0.04 + 0.92 * share)
        down = box["height"] * (0.06 + 0.88 * (7 * share % 1) if tall else 0.5)
        page.mouse.move(box["x"] + across, box["y"] + down)
        page.evaluate(NEXT_FRAME)

    to(0)
    if use.press:
        page.mouse.down()
    browser.start_tracing(page=page, categories=["toplevel", "cc", "blink.user_timing"])
    for i in range(moves):
        to((i + 1) / moves)
    trace = json.loads(browser.stop_tracing())
    page.context.close()
    return [SLOWER * microseconds / 1000 for microseconds in from_move_to_frame(trace["traceEvents"])]


MARK_MOVES = "addEventListener('pointermove', () => performance.mark('move'), true)"


def from_move_to_frame(events: list[dict[str, Any]]) -> list[float]:
    """Processor time of the page's thread in microseconds, from each move to the frame that shows it."""
    thread = next((event["pid"], event["tid"]) for event in events if event["name"] == "move")
    mine = [event for event in events if (event["pid"], event["tid"]) == thread]
    took: list[float] = []
    task, waiting = None, False  # waiting: the hand has moved, and no frame shows it yet
    for event in sorted(mine, key=lambda event: (event["ts"], -event.get("dur", 0))):
        if event["name"] == TASK and "tdur" in event:
            task = event
            if waiting:
                took[-1] += task["tdur"]
        elif event["name"] == "move" and task and not waiting:
            took.append(task["tdur"])
            waiting = True
        elif event["name"] == HANDED_OVER:
            waiting = False
    return took


TASK, HANDED_OVER = "ThreadControllerImpl::RunTask", "LayerTreeHost::WaitForCommitCompletion"


ONE_NUMBER = """() => {
  const main = document.querySelector("main");
  Object.assign(main.style, { width: "300px", height: "300px" });
  main.addEventListener("pointermove", (event) => { main.textContent = event.clientX; });
}"""


def shown(browser: Browser, widget: Widget | None) -> Page:
    """A page with the widget alone, or with that number."""
    page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    page.set_content(f'<html lang="en" data-theme="light"><style>{THEME}</style><main></main></html>')
    page.evaluate(MARK_MOVES)
    if widget is None:
        page.evaluate(ONE_NUMBER)
        return page
    page.add_script_tag(content=HARNESS)
    page.evaluate("state => window.mount(state, 1)", json.loads(json.dumps(widget.get_state())))
    page.locator(".sl-widget").first.wait_for()
    return page


def main() -> None:
    """Measure each use on both grids and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--only", default="", help="the uses whose name holds this")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium(playwright), args=quiet)
        print(f"{'':34} {'10x10: median   p95':>19}    {'64x64: median   p95':>19}    ratio")
        for use in USES:
            if asked.only not in use.what:
                continue
            medians, texts = [], []
            for side in SIDES:
                took = times(browser, use, side, asked.moves)
                late = statistics.quantiles(took, n=20)[-1]
                medians.append(statistics.median(took))
                texts.append(f"{medians[-1]:13.1f} {late:5.1f} {'' if late < BARS[side] else '!':1}")
            print(f"{use.what:34} {'   '.join(texts)} {medians[1] / medians[0]:7.1f}")
        browser.close()


if __name__ == "__main__":
    main()
