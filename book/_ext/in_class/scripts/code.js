// A reader's guesses as a short code, and back. No DOM.
//
//     2K7Q-R4M3-P6YT-8
//     version 1, page and edition 3, ticket 4, the guesses (as many letters as they need), check 3
//
// The letters are 31, without 0 and O, 1, I and L. 31 is a prime, so letters add and multiply like numbers, and the
// three at the end are a Reed-Solomon check: up to 30 letters, no change of one, two or three of them goes unnoticed.
// The ticket is drawn by chance: two readers who guess alike have different codes, and one who sends a code twice
// is counted once. It is all that a code says of its reader.

export const LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
export const TICKETS = LETTERS.length ** 4;
const VERSION = LETTERS[0];
const CHECK = 3;
const SHORTEST = 1 + 3 + 4 + CHECK;

/** How many choices a question has; 0, where it asks for a number. @typedef {number} Asked */
/** The place of a choice, a number, or null: not answered. @typedef {number | null} Guess */
/** @typedef {{ fault: "letter" | "short" | "check" | "version", letter?: string }} Damage */
/** @typedef {{ tag: string, ticket: string, guesses: bigint }} Sent */

// ---- letters ------------------------------------------------------------------------------------------------

/** @type {(text: string) => number[]} */
const digitsOf = (text) => [...text].map((letter) => LETTERS.indexOf(letter));
/** @type {(digits: number[]) => string} */
const lettersOf = (digits) => digits.map((digit) => LETTERS[digit]).join("");

/** @param {bigint} number */
function written(number) {
  const base = BigInt(LETTERS.length);
  const digits = [];
  for (; number > 0n; number /= base) digits.unshift(Number(number % base));
  return lettersOf(digits);
}

/** @param {string} text */
const read = (text) =>
  digitsOf(text).reduce((sum, digit) => sum * BigInt(LETTERS.length) + BigInt(digit), 0n);

/** @param {number} ticket */
export const ticketOf = (ticket) => written(BigInt(ticket)).padStart(4, LETTERS[0]);

/**
 * What is left of the digits, as a polynomial over the numbers modulo 31, divided by (x - 3)(x - 9)(x - 27),
 * which is x³ - 8x² - 21x - 16. It starts at 1, so that a letter too many in front is noticed.
 * @param {number[]} digits
 */
function rest(digits) {
  const q = LETTERS.length;
  let [a, b, c] = [0, 0, 1];
  for (const digit of digits) [a, b, c] = [(b + 8 * a) % q, (c + 21 * a) % q, (digit + 16 * a) % q];
  return [a, b, c];
}

/** @param {string} text */
const checked = (text) =>
  text +
  lettersOf(rest([...digitsOf(text), 0, 0, 0]).map((left) => (LETTERS.length - left) % LETTERS.length));

// ---- guesses ------------------------------------------------------------------------------------------------

// A number is written as its significant digits, seven at most, and a power of ten.
const [DIGITS, POWERS, MIDDLE] = [8n, 64n, 32];

/**
 * A guess as places in wheels of so many places each: the first wheel turns fastest.
 * @type {(asked: Asked, guess: Guess) => [place: bigint, places: bigint][]}
 */
function wheels(asked, guess) {
  if (asked) return [[guess === null ? 0n : BigInt(guess + 1), BigInt(asked + 1)]];
  if (guess === null) return [[0n, DIGITS]];
  const [all, power] = Math.abs(guess).toExponential(Number(DIGITS) - 2).split("e");
  const digits = all.replace(".", "").replace(/(?<=.)0+$/, "");
  const place = Math.min(Math.max(Number(power) + MIDDLE, 0), Number(POWERS) - 1);
  return [
    [BigInt(digits.length), DIGITS],
    [BigInt(digits), 10n ** BigInt(digits.length)],
    [BigInt(place), POWERS],
    [guess < 0 ? 1n : 0n, 2n],
  ];
}

/** @type {(asked: Asked, turn: (places: bigint) => bigint) => Guess} */
function guessed(asked, turn) {
  if (asked) {
    const place = Number(turn(BigInt(asked + 1)));
    return place ? place - 1 : null;
  }
  const count = turn(DIGITS);
  if (!count) return null;
  const [digits, place, sign] = [turn(10n ** count), turn(POWERS), turn(2n)];
  return Number(`${sign ? "-" : ""}${digits}e${Number(place) - MIDDLE - Number(count) + 1}`);
}

// ---- codes --------------------------------------------------------------------------------------------------

/**
 * The code of what a reader has guessed, in groups of four letters.
 * @type {(tag: string, ticket: string, asked: Asked[], guesses: Guess[]) => string}
 */
export function encode(tag, ticket, asked, guesses) {
  const all = asked.flatMap((one, i) => wheels(one, guesses[i]));
  const number = all.reduceRight((sum, [place, places]) => sum * places + place, 0n);
  const code = checked(VERSION + tag + ticket + written(number));
  return code.match(/.{1,4}/g)?.join("-") ?? "";
}

/**
 * What a code holds, or what is wrong with it. Small letters, spaces and strokes of any length do not matter.
 * @type {(text: string) => Sent | Damage}
 */
export function decode(text) {
  const code = text.toUpperCase().replace(/[\s\p{Dash}]/gu, "");
  const letter = [...code].find((one) => !LETTERS.includes(one));
  if (letter) return { fault: "letter", letter };
  if (code.length < SHORTEST) return { fault: "short" };
  if (rest(digitsOf(code)).some(Boolean)) return { fault: "check" };
  if (code[0] !== VERSION) return { fault: "version" };
  return { tag: code.slice(1, 4), ticket: code.slice(4, 8), guesses: read(code.slice(8, -CHECK)) };
}

/**
 * The guesses of a code, by the questions of its page; null, where they cannot be such guesses.
 * @type {(sent: Sent, asked: Asked[]) => Guess[] | null}
 */
export function guessesOf(sent, asked) {
  let left = sent.guesses;
  /** @param {bigint} places */
  const turn = (places) => {
    const place = left % places;
    left /= places;
    return place;
  };
  const guesses = asked.map((one) => guessed(one, turn));
  return left ? null : guesses;
}
