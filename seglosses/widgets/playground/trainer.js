// Where the trainings stand, and where they are to go: play, pause, a step, back to a step that was seen. No DOM.
import { engine } from "./engine.js";
import { PIXELS } from "./network.js";
import { LONGEST, nextLook, SHOWN, sourcesOf } from "./state.js";
/** @import { Engine, Look } from "./engine.js" */
/** @import { Patients } from "./learner.js" */
/** @import { Get } from "./state.js" */

/**
 * What the page keeps of a look: of a side's first training the pictures that it shows, of the others scores alone.
 * @type {(look: Look, run: number) => Look}
 */
const kept = (look, run) => ({
  ...look,
  maps: look.maps.slice(0, run ? 0 : SHOWN * PIXELS),
  weights: run ? look.weights.slice(0, 0) : look.weights,
});

/**
 * Both sides' trainings as the page follows them. `looks[side][run]` are what has been seen of each, from step 0 on.
 *
 * `onlook()` runs after each look and may take its time, a frame for example; `onrest()` once the goal is reached.
 * @param {{ text: string, patients: Patients, get: Get, onlook: () => Promise<void>, onrest: () => void }} page
 */
export function trainer({ text, patients, get, onlook, onrest }) {
  /** @type {ReturnType<typeof engine> | null} */
  let machine = null;
  let [round, running] = [0, 0]; // which start this is, and which of them is being taken further; 0, none
  let goal = 0;
  let inSight = false;
  let following = true; // the page shows the newest look, not an earlier one that was asked for
  let wake = () => {};
  const own = {
    looks: /** @type {Look[][][]} */ ([[], []]),
    shown: 0, // the step that the page shows
    trained: -1,
    /** Whether it goes on until it is told to stop. */
    playing: () => goal === LONGEST && own.trained < goal,
    busy: () => own.trained < goal,
    /** @type {(i: number, weights: Float64Array) => Promise<Float64Array[][]> | undefined} */
    layers: (i, weights) => machine?.see(i, weights),
    kind: () => /** @type {Engine["kind"]} */ (machine?.kind() ?? "worker"),
    play,
    pause,
    go,
    near,
    restart,
    see,
    stop,
  };

  function stop() {
    machine?.stop();
    machine = null;
    running = 0;
    round++;
  }

  /** Starts anew with what the model says, and goes as far as it was to go. */
  function restart(to = goal) {
    stop();
    Object.assign(own, { trained: -1, shown: 0, looks: sourcesOf(get).map((runs) => runs.map(() => [])) });
    [goal, following] = [to, true];
    run();
  }

  async function run() {
    if (running === round) return;
    const here = running = round;
    while (own.trained < goal) {
      if (!inSight) await new Promise((go) => wake = () => go(undefined));
      if (here !== round) return;
      machine ??= engine(text, patients, sourcesOf(get));
      const to = own.trained < 0 ? 0 : Math.min(goal, nextLook(own.trained));
      const seen = await machine.ask(to);
      if (here !== round) return;
      seen.forEach((side, i) => side.forEach((look, run) => own.looks[i][run].push(kept(look, run))));
      own.trained = to;
      if (following) own.shown = to;
      await onlook();
      if (here !== round) return;
    }
    running = 0;
    onrest();
  }

  function play() {
    [goal, following] = [LONGEST, true];
    run();
  }
  function pause() {
    goal = Math.max(0, own.trained);
  }

  /**
   * Shows a step: one that was seen, or one to train on to; what was passed by without a look is trained once more.
   * @param {number} step
   */
  function go(step) {
    if (step > own.trained) {
      [goal, following] = [step, true];
      run();
    } else if (own.looks[0][0]?.some((look) => look.step === step)) {
      goal = Math.max(0, own.trained);
      [own.shown, following] = [step, false];
      onlook();
    } else restart(step);
  }

  /**
   * Shows the step nearest to a place that was seen, and trains no further.
   * @param {number} place
   */
  function near(place) {
    pause();
    const steps = own.looks[0][0]?.map((look) => look.step) ?? [];
    if (steps.length) {
      go(steps.reduce((best, one) => Math.abs(one - place) < Math.abs(best - place) ? one : best));
    }
  }

  /** @param {boolean} now whether the page shows it to anybody */
  function see(now) {
    inSight = now;
    if (now) wake();
  }
  return own;
}
