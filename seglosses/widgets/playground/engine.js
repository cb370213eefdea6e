// Trainings that go on beside the page, in a worker, or where a page's policy allows none, in slices of its own time.
// The worker runs the very text of this widget: `serve` answers there. No DOM.
import { drained, learner, scored } from "./learner.js";
import { seen } from "./network.js";
/** @import { Patients, Scores, Setup } from "./learner.js" */

/**
 * A training that Python has recorded: its steps, and the weights, loss and length of the gradient at each.
 * @typedef {{ steps: number[], weights: Float64Array[], losses: number[], lengths: number[] }} Recorded
 */
/** @typedef {{ setup: Setup, recorded: Recorded | null }} Source */
/**
 * A look at a training: what it scores after `step`, its weights, and whether a number has overflowed, and when.
 * @typedef {Scores & { step: number, loss: number, length: number, overflow: number, weights: Float64Array }} Look
 */
/**
 * Something that can be taken to a step and looked at; `see(weights)` gives what each layer makes of the first image
 * held out.
 * @typedef {{ examine: (to: number) => Generator<void, Look>, see: (weights: Float64Array) => Float64Array[][] }} Training
 */

/**
 * @type {(patients: Patients, source: Source) => Training}
 */
function trainingOf(patients, { setup, recorded }) {
  const own = learner(patients, setup);
  /** @param {number} to */
  function* moved(to) {
    if (!recorded) {
      while (own.steps < to) yield* own.step();
      return;
    }
    const i = recorded.steps.findLastIndex((step) => step <= to);
    own.weights.set(recorded.weights[i]);
    Object.assign(own, { loss: recorded.losses[i], length: recorded.lengths[i] });
  }
  return {
    *examine(to) {
      yield* moved(to);
      const scores = yield* scored(own.weights, own.held);
      if (Number.isNaN(scores.largest)) own.overflow ||= to;
      const { loss, length, overflow } = own;
      return { ...scores, step: to, loss, length, overflow, weights: own.weights.slice() };
    },
    see: (weights) => seen(weights, own.held.images[0]),
  };
}

/**
 * What goes to a worker: first the trainings, then how far to take them, or weights to see with. A number tells which
 * question an answer is for.
 * @typedef {{ question: number, patients?: Patients, sources?: Source[], to?: number, weights?: Float64Array }} Question
 */

export const WORKER = "seglosses-playground";

/** What the worker does: it keeps its trainings, takes them to the step asked for, and gives its look at each. */
function serve() {
  /** @type {Training[]} */
  let trainings = [];
  self.addEventListener("message", ({ data }) => {
    const { question, patients, sources, to, weights } = /** @type {Question} */ (data);
    if (patients && sources) trainings = sources.map((source) => trainingOf(patients, source));
    const answer = weights
      ? trainings[0].see(weights)
      : trainings.map((training) => drained(training.examine(to ?? 0)));
    self.postMessage({ question, answer });
  });
}
if (typeof document === "undefined" && self.name === WORKER) serve();

const SLICE = 4; // milliseconds of the page's own thread at a time: what a slice ends with may take as long again

/** Lets the page do what it has to before the next slice. */
const pause = () => new Promise((go) => setTimeout(go));

/**
 * Runs a generator in slices of the page's time.
 * @template Value
 * @param {Generator<void, Value>} work
 * @param {() => boolean} wanted whether anybody still waits for it
 * @returns {Promise<Value | null>}
 */
async function sliced(work, wanted) {
  for (;;) {
    const until = performance.now() + SLICE;
    while (performance.now() < until) {
      const { done, value } = work.next();
      if (done) return value;
    }
    await pause();
    if (!wanted()) return null;
  }
}

/**
 * @typedef {{ ask: (to: number) => Promise<Look[]>, see: (weights: Float64Array) => Promise<Float64Array[][]>,
 *   stop: () => void, kind: "worker" | "slices" }} Engine
 */

/**
 * Takes trainings to a step and looks at them, on the page's own thread.
 * @type {(patients: Patients, sources: Source[]) => Engine}
 */
function here(patients, sources) {
  /** @type {Training[]} */
  const trainings = [];
  let wanted = true;
  return {
    kind: "slices",
    async ask(to) {
      const looks = [];
      for (const [i, source] of sources.entries()) {
        if (!trainings[i]) { // its images take as long to make as a slice, so they have one of their own
          trainings[i] = trainingOf(patients, source);
          await pause();
        }
        const look = await sliced(trainings[i].examine(to), () => wanted);
        if (look) looks.push(look);
      }
      return looks;
    },
    see: (weights) => Promise.resolve(trainings[0].see(weights)),
    stop: () => wanted = false,
  };
}

/**
 * The same in a worker, which gets the widget's own text. Rejects where the page forbids it.
 * @type {(text: string, patients: Patients, sources: Source[]) => Engine}
 */
function beside(text, patients, sources) {
  // No module: where the page is a file, no worker may be one.
  const script = text.replace(/^export default /m, "");
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(url, { name: WORKER });
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (why: Error) => void }>} */
  const waiting = new Map();
  let asked = 0;
  worker.addEventListener("message", ({ data: { question, answer } }) => {
    waiting.get(question)?.resolve(answer);
    waiting.delete(question);
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    for (const { reject } of waiting.values()) reject(new Error(event.message ?? "no worker"));
    waiting.clear();
  });
  /**
   * @param {Partial<Question>} what
   * @returns {Promise<any>}
   */
  const answered = (what) => {
    const question = ++asked;
    const first = question === 1 ? { patients, sources } : {};
    return new Promise((resolve, reject) => {
      waiting.set(question, { resolve, reject });
      worker.postMessage({ question, ...what, ...first });
    });
  };
  return {
    kind: "worker",
    ask: (to) => answered({ to }),
    see: (weights) => answered({ weights }),
    stop() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/**
 * One worker for each side's trainings, so that two sides learn at once; where workers are forbidden, slices.
 * @type {(text: string, patients: Patients, sides: Source[][]) => { ask: (to: number) => Promise<Look[][]>,
 *   see: (i: number, weights: Float64Array) => Promise<Float64Array[][]>, stop: () => void,
 *   kind: () => Engine["kind"] }}
 */
export function engine(text, patients, sides) {
  /** @param {Source[]} sources */
  const made = (sources) => {
    try {
      return beside(text, patients, sources);
    } catch { // a policy may throw at once, or let the worker fail a moment later
      return here(patients, sources);
    }
  };
  const engines = sides.map(made);
  /** @type {(to: number, i: number) => Promise<Look[]>} */
  const ask = async (to, i) => {
    try {
      return await engines[i].ask(to);
    } catch {
      engines[i].stop();
      engines[i] = here(patients, sides[i]);
      return engines[i].ask(to);
    }
  };
  return {
    ask: (to) => Promise.all(sides.map((_, i) => ask(to, i))),
    see: (i, weights) => engines[i].see(weights),
    stop: () => engines.forEach((one) => one.stop()),
    kind: () => engines[0].kind,
  };
}
