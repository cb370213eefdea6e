// What a class has guessed, counted from the lines of its codes. No DOM.
import { matches, short } from "../../../../seglosses/widgets/question/state.js";
import { decode, guessesOf } from "./code.js";
/** @import { Question } from "../../../../seglosses/widgets/question/state.js" */
/** @import { Guess } from "./code.js" */

/**
 * A question as the page of the class holds it: `choices` are HTML; `number` is null where one of them is asked for.
 * @typedef {{ address: string, text: string, choices: string[], right: number,
 *   number: Question["number"] }} Asked
 */
/** @typedef {{ tag: string, title: string, questions: Asked[] }} Chapter */
/**
 * What is said of a line: why its code does not count, `other` being the line or the chapter to blame.
 * @typedef {{ line: number, why: string, other: string | number }} Told
 */
/** @typedef {{ line: number, chapter: Chapter, ticket: string, guesses: Guess[] }} Vote */

/** @type {(question: Asked) => number} */
export const choicesOf = ({ number, choices }) => number ? 0 : choices.length;

/** @type {(text: string, line: number, chapters: Chapter[]) => Vote | Told} */
function voteOf(text, line, chapters) {
  const sent = decode(text);
  if ("fault" in sent) return { line, why: sent.fault, other: sent.letter ?? "" };
  const chapter = chapters.find(({ tag }) => tag === sent.tag);
  if (!chapter) return { line, why: "edition", other: "" };
  const guesses = guessesOf(sent, chapter.questions.map(choicesOf));
  return guesses ? { line, chapter, ticket: sent.ticket, guesses } : { line, why: "check", other: "" };
}

/** @type {<Key>(keys: Key[]) => Map<Key, number>} */
function countOf(keys) {
  const counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/**
 * The votes for one chapter: the one that is chosen, or the one that most codes are from. A device has one vote, its
 * last; `told` names each line that does not count.
 * @type {(text: string, chapters: Chapter[], chosen?: Chapter) =>
 *   { chapter: Chapter | undefined, votes: Vote[], told: Told[] }}
 */
export function tally(text, chapters, chosen) {
  const lines = text.split("\n").map((code, i) => ({ code, line: i + 1 })).filter(({ code }) => code.trim());
  const all = lines.map(({ code, line }) => voteOf(code, line, chapters));
  const good = all.filter((one) => "guesses" in one);
  const counts = countOf(good.map((one) => one.chapter));
  const most = [...counts.keys()].sort((one, other) => (counts.get(other) ?? 0) - (counts.get(one) ?? 0))[0];
  const chapter = chosen ?? most;
  /** @type {Map<string, Vote>} */
  const votes = new Map(); // by ticket
  const told = all.filter((one) => "why" in one);
  for (const vote of good) {
    const before = votes.get(vote.ticket);
    if (vote.chapter !== chapter) {
      told.push({ line: vote.line, why: "chapter", other: vote.chapter.title });
    } else if (before && String(before.guesses) === String(vote.guesses)) {
      told.push({ line: vote.line, why: "again", other: before.line });
    } else {
      if (before) told.push({ line: before.line, why: "replaced", other: vote.line });
      votes.set(vote.ticket, vote);
    }
  }
  told.sort((one, other) => one.line - other.line);
  return { chapter, votes: [...votes.values()], told };
}

/**
 * How often each answer was given, in the order of the choices, or of the numbers; `none` gave none.
 * @type {(question: Asked, guesses: Guess[]) =>
 *   { answers: { value: number, count: number, right: boolean }[], none: number }}
 */
export function answersOf(question, guesses) {
  const given = guesses.filter((one) => one !== null);
  const counts = countOf(given);
  const places = question.choices.map((_, place) => place);
  const values = question.number ? [...counts.keys()].sort((one, other) => one - other) : places;
  const right = (/** @type {number} */ value) => matches({ ...question, choices: [] }, value, question.right);
  return {
    answers: values.map((value) => ({ value, count: counts.get(value) ?? 0, right: right(value) })),
    none: guesses.length - given.length,
  };
}

/** @type {(question: Asked) => (value: number) => string} */
export const labelOf = ({ number, choices }) => (value) =>
  number ? `${short(value)} ${number.unit ?? ""}`.trim() : choices[value];
