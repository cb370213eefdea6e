import { fill, piece, superscript, svg } from "./ui.js";

// Curves on a pair of axes, in SVG, drawn anew in the pixels of its own width: text stays as large on a phone.

const EDGE = { left: 46, right: 18, top: 34, bottom: 44 };
const LINE = 18; // the least distance between two labels, one above the other

/** The ticks of a logarithmic axis, a factor of 100 apart, each with its label. */
export const decades = (from, to) => {
  const ticks = [];
  for (let power = Math.log10(to); power >= Math.log10(from) - 1e-9; power -= 2) {
    ticks.push([
      10 ** power,
      power >= -2 ? String(Number((10 ** power).toPrecision(1))) : `10${superscript(power)}`,
    ]);
  }
  return ticks;
};

/**
 * Builds the plot of something against x in [0, 1]. `onpick(x)` and `onsettle()` follow a pointer over it.
 *
 * `draw` takes the axes `{ x: { label, ticks }, y: { label, ticks, from, to, log } }` with ticks as [value, text];
 * `curves`, each `{ name, label, points, at, under }`: its class, its label, the x where that stands, and whether
 * below the curve; `dots`, each `{ name, x, y, size, square, text }`; `band`, a shaded [from, to] in x; `cursor`, an x.
 */
export function plot({ label, onpick, onsettle }) {
  const node = svg("svg", { class: "pl-plot", role: "img", "aria-label": label });
  const pointer = svg("g", { class: "pl-cursor" });
  const [axes, inside, pixels, labels] = Array.from({ length: 4 }, () => svg("g"));
  axes.setAttribute("class", "pl-axes");
  node.append(axes, inside, pointer, pixels, labels);
  let [width, height] = [0, 0]; // asked for when they change: asking in the midst of drawing takes a layout of its own
  let shown = null;

  const across = () => width - EDGE.left - EDGE.right;
  const X = (x) => EDGE.left + x * across();

  function draw(content) {
    shown = content;
    if (!width) return; // not on the page yet
    const { x, y, curves, dots = [], band, cursor } = content;
    const down = height - EDGE.top - EDGE.bottom;
    const share = (
      v,
    ) => (y.log ? Math.log(v / y.from) / Math.log(y.to / y.from) : (v - y.from) / (y.to - y.from));
    // Kept near the plot: infinity is no coordinate.
    const Y = (v) => EDGE.top + down * (1 - Math.max(-0.2, Math.min(1.2, share(v))));
    const bottom = EDGE.top + down;

    fill(
      axes,
      ...y.ticks.flatMap(([v, text]) => [
        piece("path", { d: `M${EDGE.left} ${Y(v)}h${across()}` }),
        piece("text", { x: EDGE.left - 8, y: Y(v) + 4, "text-anchor": "end" }, text),
      ]),
      ...x.ticks.flatMap(([v, text]) => [
        piece("path", { d: `M${X(v)} ${bottom}v5` }),
        piece("text", { x: X(v), y: bottom + 19, "text-anchor": "middle" }, text),
      ]),
      piece("text", { x: X(0.5), y: height - 5, "text-anchor": "middle" }, x.label),
      piece("text", { x: 0, y: 14 }, y.label),
    );

    // A nested svg clips what leaves the axes.
    fill(
      inside,
      piece(
        "svg",
        {
          x: EDGE.left,
          y: EDGE.top,
          width: across(),
          height: down,
          viewBox: `${EDGE.left} ${EDGE.top} ${across()} ${down}`,
        },
        ...(band
          ? [
            piece("rect", {
              class: "pl-band",
              x: X(band[0]),
              y: EDGE.top,
              width: X(band[1]) - X(band[0]),
              height: down,
            }),
          ]
          : []),
        ...curves.map(({ name, points }) => {
          const steps = points.map(([u, v]) => `${X(u).toFixed(1)} ${Y(v).toFixed(1)}`);
          return piece("path", { class: `pl-curve ${name}`, d: `M${steps.join("L")}` });
        }),
      ),
    );

    fill(
      pixels,
      ...dots.map((dot) => {
        const [u, v, r] = [X(dot.x), Math.max(EDGE.top, Math.min(bottom, Y(dot.y))), dot.size];
        const shape = dot.square
          ? piece("rect", { x: u - r, y: v - r, width: 2 * r, height: 2 * r, rx: 2 })
          : piece("circle", { cx: u, cy: v, r });
        return piece(
          "g",
          { class: `pl-dot ${dot.name}` },
          shape,
          // Beside a square and above a circle, so that both can be read where they share a place.
          ...(dot.text
            ? [
              piece(
                "text",
                dot.square ? { x: u + r + 4, y: v - 4 } : { x: u, y: v - r - 5, "text-anchor": "middle" },
                dot.text,
              ),
            ]
            : []),
        );
      }),
    );

    // Labels stand on their curves; from the lowest up, each makes room for those that are in its way.
    const placed = [];
    fill(
      labels,
      ...curves
        .map(({ name, label: text, points, at, under }) => {
          const [u, v] = points.reduce((
            best,
            point,
          ) => (Math.abs(point[0] - at) < Math.abs(best[0] - at) ? point : best));
          return {
            name,
            text,
            u: X(u),
            v: Math.min(bottom - 6, Math.max(EDGE.top, Y(v)) + (under ? 24 : -10)),
          };
        })
        .sort((one, other) => other.v - one.v)
        .map(({ name, text, u, v }) => {
          const end = u + 30 + 8 * text.length;
          for (const one of placed) {
            if (u < one.end && one.u < end && v > one.v - LINE) v = one.v - LINE;
          }
          placed.push({ u, v, end });
          return piece(
            "g",
            { class: "pl-label" },
            piece("path", { class: `pl-curve ${name}`, d: `M${u} ${v - 4}h24` }),
            piece("text", { x: u + 30, y: v }, text),
          );
        }),
    );

    fill(pointer, piece("path", { d: `M0 ${EDGE.top}V${bottom}` }), piece("circle", { cy: EDGE.top, r: 7 }));
    move(cursor);
  }

  /** Moves the cursor alone: the curves stay as they are. */
  function move(cursor) {
    if (shown) shown.cursor = cursor;
    pointer.setAttribute("transform", `translate(${X(cursor)})`);
  }

  let held = false;
  const pick = (event) => {
    const u = event.clientX - node.getBoundingClientRect().left;
    onpick(Math.max(0, Math.min(1, (u - EDGE.left) / across())));
  };
  node.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    held = true;
    pick(event);
  });
  node.addEventListener("pointermove", (event) => held && pick(event));
  for (const name of ["pointerup", "pointercancel"]) {
    node.addEventListener(name, () => {
      if (held) onsettle();
      held = false;
    });
  }
  const observer = new ResizeObserver(() => {
    [width, height] = [node.clientWidth, node.clientHeight];
    if (shown) draw(shown);
  });
  observer.observe(node);
  return { node, draw, move, stop: () => observer.disconnect() };
}
