"""What every page looks like, measured: figures, code, tables and grids, on a desktop and on a phone."""

from playwright.sync_api import expect

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
ZOOMED = {"width": 320, "height": 256}  # a window of 1280 by 1024 at 400 %


def opened(page, address, name) -> None:
    """A page with all its widgets there, its covers lifted and its folds open."""
    page.goto(f"{address}/{name}.html")
    page.wait_for_function(
        "!document.querySelector('script[src*=live_widgets]')"
        "|| performance.getEntriesByName('widgets-ready').length"
    )
    page.locator(".qu-cover button").evaluate_all("covers => covers.forEach((one) => one.click())")
    page.locator("details").evaluate_all("folds => folds.forEach((one) => one.open = true)")
    expect(page.locator(".qu-cover button")).to_have_count(0)


def test_every_page_looks_right(name, address, visit):
    """Labels, code, tables and grids, at both widths; ink of the theme in figures, in both themes."""
    page = visit(viewport=DESKTOP, color_scheme="dark").page
    opened(page, address, name)
    assert page.evaluate(IMAGES_OF_PICTURES) == []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(f"document.documentElement.dataset.theme == {theme!r}")
        assert page.evaluate(INK_OF_ANOTHER_COLOUR) == [], theme
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate(LABELS) == [], size
        assert page.evaluate(CODE_CUT_OFF) == [], size
        page.wait_for_function(MARKED)  # scrollable.js sees to it a moment after a change of width
        assert page.evaluate(TABLES_CUT_OFF) == [], size
    assert page.evaluate(PANELS) == []
    assert page.evaluate(GRIDS_WITHOUT_A_MARGIN) == []
    page.set_viewport_size(ZOOMED)
    assert page.evaluate(CUT_OFF) == [], "at 400 %"
    page.add_style_tag(content=WIDE_SPACING)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert page.evaluate(CUT_OFF) == [], ("wide spacing", size)


IMAGES_OF_PICTURES = """[...document.querySelectorAll(".cell_output img")]
    .filter((one) => !one.closest(".widget-slot, .sl-widget")).map((one) => one.alt || one.src)"""

INK_OF_ANOTHER_COLOUR = """[...document.querySelectorAll(".picture text")]
    .filter((one) => getComputedStyle(one).fill !== getComputedStyle(document.body).color)
    .map((one) => one.textContent)"""

# As WCAG 1.4.12 asks: what a reader may set, without loss of content.
WIDE_SPACING = """*:not(.katex *, svg *) { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-block-end: 2em !important }"""

# What sticks out of the window, or out of a box that hides what does not fit. Tables and formulas scroll
# within a box of their own; a picture of pixels is no text.
CUT_OFF = """() => {
    const width = document.documentElement.clientWidth;
    const apart = ".pst-scrollable-table-container, .math, svg, .sl-canvas, .sl-hidden, .visually-hidden";
    const hides = (overflow) => overflow === "hidden" || overflow === "clip";
    const all = document.documentElement.scrollWidth;
    const page = all > width ? [`the page: ${all}`] : [];
    return page.concat([...document.querySelectorAll("article *, .bd-sidebar *")]
        .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(apart))
        .filter((one) => {
            const { overflowX, overflowY } = getComputedStyle(one);
            return one.getBoundingClientRect().right > width + 1
                || hides(overflowX) && one.scrollWidth > one.clientWidth + 1
                || hides(overflowY) && one.scrollHeight > one.clientHeight + 1;
        }).map((one) => one.outerHTML.slice(0, 120)));
}"""

# Text of 9 pixels or more, inside its panel, and none over another. A box of text is taller than its letters.
LABELS = """[...document.querySelectorAll(".picture")].flatMap((picture) => {
    const faults = [];
    for (const panel of picture.querySelectorAll(".panel")) {
        const frame = panel.getBoundingClientRect();
        const texts = [...panel.querySelectorAll("text")].map((node) => {
            const { left, right, top, bottom } = node.getBoundingClientRect();
            const trim = node.getBoundingClientRect().height * 0.12;
            const turned = bottom - top > right - left && node.textContent.length > 2;
            const box = turned
                ? { left: left + trim / 4, right: right - trim / 4, top, bottom }
                : { left, right, top: top + trim, bottom: bottom - trim };
            const size = parseFloat(getComputedStyle(node).fontSize) * panel.getScreenCTM().a;
            return { said: node.textContent, size, ...box };
        });
        texts.forEach((one, k) => {
            if (one.size < 9) faults.push(`${one.said}: ${one.size} px`);
            if (one.left < frame.left - 1 || one.right > frame.right + 1) faults.push(`${one.said}: outside`);
            if (one.top < frame.top - 2 || one.bottom > frame.bottom + 2) faults.push(`${one.said}: outside`);
            for (const other of texts.slice(k + 1)) {
                const apart = one.right <= other.left || other.right <= one.left
                    || one.bottom <= other.top || other.bottom <= one.top;
                if (!apart) faults.push(`${one.said} over ${other.said}`);
            }
        });
    }
    return faults;
})"""

# On a phone: as wide as the column at most, and one under the other where two do not fit.
PANELS = """[...document.querySelectorAll(".picture")].flatMap((picture) => {
    const room = picture.getBoundingClientRect();
    const boxes = [...picture.querySelectorAll(".panel")].map((one) => one.getBoundingClientRect());
    const wide = boxes.filter((box) => box.right > room.right + 1);
    const beside = boxes.slice(1)
        .filter((box, k) => box.top < boxes[k].bottom - 1 && box.left < boxes[k].right);
    return [...wide, ...beside].map(() => picture.getAttribute("aria-label").slice(0, 80));
})"""

CODE_CUT_OFF = """[...document.querySelectorAll("article pre")]
    .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent.slice(0, 80))"""

MARKED = """[...document.querySelectorAll(".pst-scrollable-table-container")]
    .every((box) => (box.scrollWidth > box.clientWidth + 1) === box.hasAttribute("data-cut"))"""

# A table that is wider than its column fades where it is cut off, and its first column stays in place.
TABLES_CUT_OFF = """[...document.querySelectorAll("article table")].filter((table) => {
    const box = table.closest(".pst-scrollable-table-container");
    const column = table.closest("section, .cell_output").getBoundingClientRect();
    if (!box || box.scrollWidth <= box.clientWidth + 1) {
        return table.getBoundingClientRect().right > column.right + 1;
    }
    const first = table.querySelector("tbody tr > :first-child");
    const there = () => first.getBoundingClientRect().left - box.getBoundingClientRect().left;
    const before = there();
    const fades = getComputedStyle(box).maskImage.includes("gradient");
    box.scrollLeft = 40;
    const moved = Math.abs(there() - before);
    box.scrollLeft = 0;
    return !fades || moved > 1 || first.offsetWidth > box.clientWidth / 2;
}).map((table) => table.textContent.trim().slice(0, 80))"""

# A grid takes every touch for itself, so beside it the page can be scrolled.
GRIDS_WITHOUT_A_MARGIN = """[...document.querySelectorAll(".sl-canvas")]
    .filter((one) => one.checkVisibility())
    .filter((one) => one.closest(".sl-widget").clientWidth - one.clientWidth < 40)
    .map((one) => one.closest(".sl-widget").className)"""


def test_the_book_opens_with_something_to_touch(address, visit):
    """On both screens the first thing is a grid without code, and a pixel painted there moves the loss."""
    for size in (DESKTOP, PHONE):
        page = visit(viewport=size).page
        page.goto(f"{address}/book/intro.html")
        painter = page.locator(".grid-painter").first
        expect(painter).to_be_visible()
        grid = painter.get_by_role("grid").bounding_box()
        assert grid["y"] + grid["height"] <= size["height"] + 4, size
        above = page.locator("article pre, article h2").evaluate_all(
            "nodes => Math.min(...nodes.filter((one) => one.checkVisibility())"
            ".map((one) => one.getBoundingClientRect().top + scrollY))"
        )
        assert above > grid["y"] + grid["height"]
        loss = painter.get_by_text("Loss", exact=False).first
        before = loss.text_content()
        painter.get_by_role("gridcell").nth(12).click()
        expect(loss).not_to_have_text(before)
        assert painter.locator(".sl-button:visible").count() <= 5  # what undoes, and no choices


def test_the_ladders_are_tables(site):
    """What a cell shows as Markdown reaches the page as a table, with a head for each version."""
    for name in ("dice", "bce", "bce-dice", "iou", "focal"):
        html = (site / f"book/{name}.html").read_text("utf-8")
        for version in ("five lines", "the source", "the package"):
            assert f'<th class="head"><p>{version}</p></th>' in html, name
