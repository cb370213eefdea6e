// What an exercise says of an answer, by the description that Python's check reads as well. No DOM.
// Answers come as they are typed: a text. Those that are painted are judged in grids.js.

/** @typedef {{ right: boolean | null, reason: string }} Verdict */
/** @typedef {Record<string, string>} Says */
/**
 * @typedef {{ kind: "number", right: number, praise: string, slips: [number, string][], within: number,
 *   hint: string, says: Says }} NumberExercise
 */
/**
 * @typedef {{ kind: "letter", letters: string[], right: string, praise: string, wrong: Says, hint: string, says: Says }}
 *   LetterExercise
 */
/**
 * @typedef {{ kind: "word", letters: string[], names: Says, right: string, praise: string, hints: string[],
 *   hint: string, says: Says }} WordExercise
 */
/** @typedef {[feature: string, relation: "=" | ">" | "<", value: string | number]} Condition */
/**
 * @typedef {{ kind: "grid", holds: "mask" | "logits", target: number[][], outline: number[][], start: number[][],
 *   masks: Record<string, number[][]>, smooth: number, hint: string,
 *   rules: { when: Condition[], reason: string, right: boolean }[] }} GridExercise
 */
/** @typedef {{ kind: "function", hint: string }} FunctionExercise */
/** @typedef {NumberExercise | LetterExercise | WordExercise | GridExercise | FunctionExercise} Exercise */

/** @type {(reason: string) => Verdict} */
const right = (reason) => ({ right: true, reason });
/** @type {(reason: string) => Verdict} */
const wrong = (reason) => ({ right: false, reason });

/** @type {(template: string, values: Record<string, string | number>) => string} */
export const filled = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

// ---- numbers ------------------------------------------------------------------------------------------------

const DIGITS = "[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?";
const TYPED = new RegExp(`^ *(${DIGITS}) *(?:/ *(${DIGITS})|(%))? *$`);
const THOUSANDS = /^[+-]?[1-9][0-9]{0,2},[0-9]{3}$/;

/**
 * A number as it is typed: 0.11, 0,11, 1/9, 11 %. What is none, or may be two (3,162), is the text that says so.
 * @type {(text: string, says: Says) => number | string}
 */
export function typed(text, says) {
  const plain = text.normalize("NFKC").replaceAll("−", "-").replaceAll("⁄", "/").replaceAll("\t", " ");
  const [, top, bottom, percent] = TYPED.exec(plain) ?? [];
  const parts = [top, bottom].filter((part) => part !== undefined);
  const refuse = (/** @type {string} */ hint) => filled(says.none, { came: `'${text}'`, hint });
  if (parts.some((part) => THOUSANDS.test(part))) return refuse(says.twoWays);
  const [above = NaN, below = percent ? 100 : 1] = parts.map((part) => Number(part.replace(",", ".")));
  return Number.isNaN(above) || below === 0 ? refuse(says.plainly) : above / below;
}

/**
 * Four significant digits as Python's ".4g" has them, a tie going to the even digit.
 * @param {number} x
 */
export function general(x) {
  if (!Number.isFinite(x)) return x > 0 ? "inf" : x < 0 ? "-inf" : "nan";
  const tie = /^(-?\d\.\d\d[02468])50*e(.*)$/.exec(x.toExponential(100));
  const [digits, power] = tie ? [tie[1], tie[2]] : x.toExponential(3).split("e");
  if (Number(power) >= -4 && Number(power) < 4) return String(Number(`${digits}e${power}`));
  return `${Number(digits)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

/** @type {(exercise: NumberExercise, answer: string) => Verdict} */
function judgeNumber(exercise, answer) {
  const value = typed(answer, exercise.says);
  if (typeof value === "string") return wrong(value);
  const near = (/** @type {number} */ other) => Math.abs(value - other) < exercise.within;
  if (near(exercise.right)) return right(exercise.praise);
  const slip = exercise.slips.find(([other]) => near(other));
  return wrong(slip?.[1] ?? filled(exercise.says.wrong, { value: general(value), hint: exercise.hint }));
}

// ---- letters ------------------------------------------------------------------------------------------------

/** @type {(answer: string) => string} */
export const small = (answer) => answer.replace(/^ +| +$/g, "").toLowerCase();

/** @type {(exercise: LetterExercise, answer: string) => Verdict} */
function judgeLetter(exercise, answer) {
  const given = small(answer);
  if (given === exercise.right) return right(exercise.praise);
  if (Object.hasOwn(exercise.wrong, given)) return wrong(exercise.wrong[given]);
  const letters = exercise.letters.map((one) => `'${one}'`).join(", ");
  return wrong(filled(exercise.says.none, { letters, came: `'${answer}'` }));
}

/** @type {(exercise: WordExercise, answer: string) => Verdict} */
function judgeWord(exercise, answer) {
  const given = [...small(answer).replaceAll(" ", "")];
  const count = exercise.right.length;
  if (given.length !== count || given.some((one) => !exercise.letters.includes(one))) {
    const letters = exercise.letters.join(", ");
    return wrong(filled(exercise.says.none, { count, letters, came: `'${answer}'` }));
  }
  const slips = exercise.hints.filter((_, i) => given[i] !== exercise.right[i]);
  if (!slips.length) return right(exercise.praise);
  return wrong(filled(exercise.says.wrong, { right: count - slips.length, all: count, hint: slips[0] }));
}

// ---- any ----------------------------------------------------------------------------------------------------

/**
 * What an exercise says of an answer that is typed or chosen; null is none yet.
 * @type {(exercise: Exercise, answer: any) => Verdict}
 */
export function judge(exercise, answer) {
  if (answer === null) return { right: null, reason: "" };
  switch (exercise.kind) {
    case "number":
      return judgeNumber(exercise, answer);
    case "letter":
      return judgeLetter(exercise, answer);
    case "word":
      return judgeWord(exercise, answer);
    default:
      return { right: null, reason: "" }; // a function: only Python can call it
  }
}
