// What the search puts first where several pages have the words typed: the page of questions, then that of symptoms, which
// lead to the cells that answer. Pages that mention everything stand behind the chapters.

/** @type {Record<string, number>} */
const AHEAD = {
  "book/questions": 3,
  "book/symptoms": 2,
  "book/glossary": 1,
  "book/api": -1,
  "book/corrections": -2,
  "book/exercises": -2,
};

Object.assign(globalThis, {
  Scorer: {
    /** @param {[docname: string, title: string, anchor: string, descr: string, score: number, filename: string]} result */
    score: ([page, , , , score]) => score + (AHEAD[page] ?? 0),
    // as Sphinx has them
    objNameMatch: 11,
    objPartialMatch: 6,
    objPrio: { 0: 15, 1: 5, 2: -5 },
    objPrioDefault: 0,
    title: 15,
    partialTitle: 7,
    term: 5,
    partialTerm: 2,
  },
});
