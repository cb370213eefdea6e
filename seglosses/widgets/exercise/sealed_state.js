// What an exercise of a copy for students says: right, or not yet and the hint. It holds its answers as digests, as the
// check in Python does that reads the same description (seglosses/exercises/sealed.py). No DOM.
import { digest, fits } from "../kit/seal.js";
import { featuresOf, maskOf, RELATIONS } from "./grids.js";
import { filled, general, small, typed } from "./state.js";
/** @import { Seal } from "../kit/seal.js" */
/** @import { Condition, GridExercise, Says, Verdict } from "./state.js" */

/** @typedef {{ kind: "sealed", of: "number", seal: Seal, hint: string, says: Says }} SealedNumber */
/** @typedef {{ kind: "sealed", of: "letter", letters: string[], seal: Seal, hint: string }} SealedLetter */
/**
 * @typedef {{ kind: "sealed", of: "word", count: number, letters: string[], names: Says, seal: Seal, hint: string }}
 *   SealedWord
 */
/** @typedef {SealedNumber | SealedLetter | SealedWord} SealedExercise */
/**
 * Of `masks` the digests are known; what a rule compares with "=" is a digest, and no rule has a reason.
 * @typedef {Pick<GridExercise, "holds" | "target" | "outline" | "start" | "smooth" | "hint"> & { kind: "sealed grid",
 *   salt: string, masks: string[], rules: { when: Condition[], right: boolean }[] }} SealedGrid
 */

/** @type {(exercise: SealedExercise, answer: string | null) => Verdict} */
export function judgeSealed(exercise, answer) {
  if (answer === null) return { right: null, reason: "" };
  const { seal, hint } = exercise;
  if (exercise.of !== "number") {
    const right = fits(seal, small(answer).replaceAll(" ", ""));
    return { right, reason: right ? "" : hint };
  }
  const value = typed(answer, exercise.says);
  if (typeof value === "string") return { right: false, reason: value };
  const right = fits(seal, value);
  return { right, reason: right ? "" : filled(exercise.says.wrong, { value: general(value), hint }) };
}

/** @type {(exercise: SealedGrid, rows: number[][] | null) => Verdict} */
export function judgeSealedGrid(exercise, rows) {
  if (rows === null) return { right: null, reason: "" };
  const { salt, hint } = exercise;
  const named = () => {
    const mask = digest(salt, maskOf(rows));
    return exercise.masks.includes(mask) ? mask : "";
  };
  const features = featuresOf(exercise, rows, named);
  /** @type {(condition: Condition) => boolean} */
  const holds = ([name, relation, value]) => {
    const feature = features[name]();
    return relation === "=" ? digest(salt, String(feature)) === value : RELATIONS[relation](feature, value);
  };
  const right = exercise.rules.find(({ when }) => when.every(holds))?.right ?? false;
  return { right, reason: right ? "" : hint };
}
