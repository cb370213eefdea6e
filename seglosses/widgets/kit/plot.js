import { fill, piece, svg } from "./ui.js";
import { superscript } from "./numbers.js";
/** @import { Piece } from "./ui.js" */

// Curves on a pair of axes, in SVG, drawn anew in the pixels of its own width: text stays as large on a phone.

/** @typedef {[value: number, text: string]} Tick */
/** @typedef {{ label: string, from: number, to: number, log?: boolean, ticks: Tick[] }} YAxis */
/**
 * Its class, its label, the x where that stands, and whether below the curve.
 * @typedef {{ name: string, label: string, points: [number, number][], at: number, under?: boolean }} Curve
 */
/** @typedef {{ name: string, x: number, y: number, size: number, square: boolean, text: string }} Dot */
/**
 * What a plot shows; `band` is a shaded [from, to] in x, `cursor` an x, and `seen` the [from, to] in x where curves are
 * drawn, by default all the way.
 * @typedef {{ x: { label: string, ticks: Tick[] }, y: YAxis, curves: Curve[], dots?: Dot[],
 *   band?: [number, number] | null, cursor: number, seen?: [number, number] }} Content
 */
/**
 * Where things stand in pixels: X and Y take values there.
 * @typedef {{ across: number, down: number, bottom: number, X: (x: number) => number, Y: (y: number) => number }} Frame
 */

const EDGE = { left: 46, right: 18, top: 34, bottom: 44 };
const LINE = 18; // the least distance between two labels, one above the other

/**
 * The ticks of a logarithmic axis, a factor of 100 apart, each with its label.
 * @param {number} from
 * @param {number} to
 */
export const decades = (from, to) => {
  /** @type {Tick[]} */
  const ticks = [];
  for (let power = Math.log10(to); power >= Math.log10(from) - 1e-9; power -= 2) {
    const text = power >= -2 ? String(Number((10 ** power).toPrecision(1))) : `10${superscript(power)}`;
    ticks.push([10 ** power, text]);
  }
  return ticks;
};

/**
 * The ticks of an axis from 0 on, a fifth of its length apart.
 * @param {number} to
 */
export const fifths = (to) =>
  Array.from(
    { length: 6 },
    (_, i) => /** @type {Tick} */ ([(to * i) / 5, String(Number(((to * i) / 5).toPrecision(12)))]),
  );

/** @type {(y: YAxis, width: number, height: number) => Frame} */
function frame(y, width, height) {
  const [across, down] = [width - EDGE.left - EDGE.right, height - EDGE.top - EDGE.bottom];
  /** @param {number} v */
  const share = (v) =>
    y.log ? Math.log(v / y.from) / Math.log(y.to / y.from) : (v - y.from) / (y.to - y.from);
  return {
    across,
    down,
    bottom: EDGE.top + down,
    X: (x) => EDGE.left + x * across,
    // Kept near the plot: infinity is no coordinate.
    Y: (v) => EDGE.top + down * (1 - Math.max(-0.2, Math.min(1.2, share(v)))),
  };
}

/** @type {(content: Content, frame: Frame) => Piece[]} */
const axesOf = ({ x, y }, { across, bottom, X, Y }) => [
  ...y.ticks.flatMap(([v, text]) => [
    piece("path", { d: `M${EDGE.left} ${Y(v)}h${across}` }),
    piece("text", { x: EDGE.left - 8, y: Y(v) + 4, "text-anchor": "end" }, text),
  ]),
  ...x.ticks.flatMap(([v, text]) => [
    piece("path", { d: `M${X(v)} ${bottom}v5` }),
    piece("text", { x: X(v), y: bottom + 19, "text-anchor": "middle" }, text),
  ]),
  piece("text", { x: X(0.5), y: bottom + EDGE.bottom - 5, "text-anchor": "middle" }, x.label),
  piece("text", { x: 0, y: 14 }, y.label),
];

/**
 * The band and the curves; what has no value, as an angle of nothing, is left out.
 * @type {(content: Content, frame: Frame) => Piece[]}
 */
function curvesOf({ curves, band }, { down, X, Y }) {
  const shaded = band ? { x: X(band[0]), y: EDGE.top, width: X(band[1]) - X(band[0]), height: down } : null;
  return [
    ...(shaded ? [piece("rect", { class: "pl-band", ...shaded })] : []),
    ...curves.map(({ name, points }) => {
      const there = points.filter(([, v]) => !Number.isNaN(v));
      const steps = there.map(([u, v]) => `${X(u).toFixed(1)} ${Y(v).toFixed(1)}`);
      return piece("path", { class: `pl-curve ${name}`, d: steps.length ? `M${steps.join("L")}` : "" });
    }),
  ];
}

/** @type {(dot: Dot, frame: Frame) => Piece} */
function dotOf(dot, { bottom, X, Y }) {
  const [u, v, r] = [X(dot.x), Math.max(EDGE.top, Math.min(bottom, Y(dot.y))), dot.size];
  const shape = dot.square
    ? piece("rect", { x: u - r, y: v - r, width: 2 * r, height: 2 * r, rx: 2 })
    : piece("circle", { cx: u, cy: v, r });
  // Beside a square and above a circle, so that both can be read where they share a place.
  const place = dot.square ? { x: u + r + 4, y: v - 4 } : { x: u, y: v - r - 5, "text-anchor": "middle" };
  return piece(
    "g",
    { class: `pl-dot ${dot.name}` },
    shape,
    ...(dot.text ? [piece("text", place, dot.text)] : []),
  );
}

/**
 * Labels stand on their curves, where these are drawn; from the lowest up, each makes room for those that are in its way.
 * @type {(content: Content, frame: Frame) => Piece[]}
 */
function labelsOf({ curves, seen: [from, to] = [0, 1] }, { bottom, X, Y }) {
  /** @type {{ u: number, v: number, end: number }[]} */
  const placed = [];
  return curves
    .filter(({ label, at }) => label && from <= at && at <= to) // one of many may do without a label
    .map(({ name, label, points, at, under }) => {
      const [u, v] = points.reduce((best, one) =>
        Math.abs(one[0] - at) < Math.abs(best[0] - at) ? one : best
      );
      const height = Math.min(bottom - 6, Math.max(EDGE.top, Y(v)) + (under ? 24 : -10));
      return { name, label, u: X(u), v: height };
    })
    .sort((one, other) => other.v - one.v)
    .map(({ name, label, u, v }) => {
      const end = u + 30 + 8 * label.length;
      for (const one of placed) {
        if (u < one.end && one.u < end && v > one.v - LINE) v = one.v - LINE;
      }
      placed.push({ u, v, end });
      const line = piece("path", { class: `pl-curve ${name}`, d: `M${u} ${v - 4}h24` });
      return piece("g", { class: "pl-label" }, line, piece("text", { x: u + 30, y: v }, label));
    });
}

/**
 * Follows a pointer that is held down over `node`: `onpick(x)` with x in [0, 1], from where `xOf` says that the pointer
 * is, and `onsettle()` at its end.
 * @type {(node: SVGSVGElement, xOf: (event: PointerEvent) => number, handlers: { onpick: (x: number) => void, onsettle: () => void }) => void}
 */
export function followDrag(node, xOf, { onpick, onsettle }) {
  let held = false;
  /** @param {PointerEvent} event */
  const pick = (event) => onpick(Math.max(0, Math.min(1, xOf(event))));
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
}

/**
 * Builds the plot of something against x in [0, 1]. `draw(content)` draws it, `move(x, seen)` moves the cursor alone and
 * draws the curves so far, and `stop()` ends it.
 * @param {{ label: string, onpick: (x: number) => void, onsettle: () => void }} handlers
 */
export function plot({ label, onpick, onsettle }) {
  const node = svg("svg", { class: "pl-plot", role: "img", "aria-label": label });
  const pointer = svg("g", { class: "pl-cursor" });
  const axes = svg("g", { class: "pl-axes" });
  const inside = svg("svg"); // it clips what leaves the axes, and what has not been seen
  const [pixels, labels] = [svg("g"), svg("g")];
  node.append(axes, inside, pointer, pixels, labels);
  let [width, height] = [0, 0]; // asked for when they change: asking in the midst of drawing takes a layout of its own
  /** @type {Content | null} */
  let shown = null;

  /** @param {Content} content */
  function draw(content) {
    shown = content;
    if (!width) return; // not on the page yet
    const here = frame(content.y, width, height);
    fill(axes, ...axesOf(content, here));
    fill(inside, ...curvesOf(content, here));
    fill(pixels, ...(content.dots ?? []).map((dot) => dotOf(dot, here)));
    fill(
      pointer,
      piece("path", { d: `M0 ${EDGE.top}V${here.bottom}` }),
      piece("circle", { cy: EDGE.top, r: 7 }),
    );
    fill(labels, ...labelsOf(content, here));
    move(content.cursor);
  }

  /** @type {(cursor: number, seen?: [number, number]) => void} */
  function move(cursor, seen = shown?.seen) {
    if (!shown) return;
    Object.assign(shown, { cursor, seen });
    if (!width) return;
    const here = frame(shown.y, width, height);
    pointer.setAttribute("transform", `translate(${here.X(cursor)})`);
    const [from, to] = (seen ?? [0, 1]).map(here.X);
    const view = `${from} ${EDGE.top} ${to - from} ${here.down}`;
    if (inside.getAttribute("viewBox") === view) return;
    for (const [i, name] of ["x", "y", "width", "height"].entries()) {
      inside.setAttribute(name, view.split(" ")[i]);
    }
    inside.setAttribute("viewBox", view);
    fill(labels, ...labelsOf(shown, here));
  }

  followDrag(node, ({ clientX }) => {
    const box = node.getBoundingClientRect(); // in the window's pixels: a slide may be scaled
    const u = ((clientX - box.left) / box.width) * node.viewBox.baseVal.width - EDGE.left;
    return u / (node.viewBox.baseVal.width - EDGE.left - EDGE.right);
  }, { onpick, onsettle });
  const observer = new ResizeObserver(() => {
    [width, height] = [node.clientWidth, node.clientHeight];
    node.setAttribute("viewBox", `0 0 ${width} ${height}`); // on paper nobody asks again: there it is scaled
    if (shown) draw(shown);
  });
  observer.observe(node);
  return { node, draw, move, stop: () => observer.disconnect() };
}
