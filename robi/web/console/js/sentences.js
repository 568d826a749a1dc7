/**
 * An answer that comes in pieces, cut into sentences that can be spoken while the rest comes.
 *
 * Owns the cutting and the guess in which language a text is. Pure. What is given out, joined, is
 * always exactly what came in: no character is lost or said twice, however the pieces were split.
 */

/**
 * @typedef {object} Sentence
 * @property {string} text as it came, spaces included
 * @property {number} start where it begins in the answer, in UTF-16 code units
 */

/** Some synthesisers stop in the middle of what takes longer than a quarter of a minute. */
const LONGEST = 180;

/** Where a breath may be taken within a sentence that is too long. */
const CLAUSE_END = /[,;:…)»—][\s"'”’]/gu;

/** Cuts one answer. */
export class Sentences {
  /** @param {string} [language] BCP 47, for the rules of abbreviations */
  constructor(language = 'es') {
    this.segmenter = new Intl.Segmenter(language, { granularity: 'sentence' });
    this.waiting = '';
    this.given = 0;
  }

  /**
   * Take the next piece.
   * @param {string} piece
   * @returns {Sentence[]} the sentences that are known to be complete now
   */
  add(piece) {
    this.waiting += piece;
    // The last one may go on in the next piece, whatever it ends in: "3." becomes "3.5".
    const complete = [...this.segmenter.segment(this.waiting)].slice(0, -1);
    return complete.flatMap(({ segment }) => this.#give(segment));
  }

  /**
   * The answer is over.
   * @returns {Sentence[]} what was left
   */
  end() {
    return [...this.segmenter.segment(this.waiting)].flatMap(({ segment }) => this.#give(segment));
  }

  /** @param {string} sentence the beginning of what waits */
  #give(sentence) {
    this.waiting = this.waiting.slice(sentence.length);
    return breaths(sentence).map((text) => {
      const start = this.given;
      this.given += text.length;
      return { text, start };
    });
  }
}

/**
 * Cut a sentence that is too long to be spoken at once, at the end of a clause or of a word.
 * @param {string} sentence
 * @returns {string[]}
 */
function breaths(sentence) {
  const parts = [];
  let rest = sentence;
  while (rest.length > LONGEST) {
    const cut = breathIn(rest.slice(0, LONGEST));
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return rest ? [...parts, rest] : parts;
}

/** @param {string} text @returns {number} where to cut it, never between the halves of a character */
function breathIn(text) {
  const clause = [...text.matchAll(CLAUSE_END)].at(-1);
  if (clause && clause.index > LONGEST / 3) return clause.index + clause[0].length;
  const space = text.lastIndexOf(' ') + 1;
  if (space > 0) return space;
  const splitsCharacter = /[\uD800-\uDBFF]$/.test(text);
  return splitsCharacter ? text.length - 1 : text.length;
}

/** Frequent words that the other language does not have. */
const WORDS = {
  es: new Set(
    'el los las un una unos unas y que de del en es son con por para pero muy más qué cómo cuándo '
      .concat('dónde quién te se lo le tu mi su yo tú él ella hola gracias está estoy eres soy hay ')
      .concat('también aquí ahora bien sí al como cuando porque puedo quieres')
      .split(' '),
  ),
  en: new Set(
    'the an and of to in is are was with for but very what how when where who you it your my his '
      .concat('her we they hello hi thanks i am there also here now well yes this that have do can ')
      .concat("want because it's i'm don't let's not at on be would will")
      .split(' '),
  ),
};

/**
 * The language that `text` seems to be in.
 * @param {string} text
 * @param {string} otherwise what it is taken for when its words do not tell
 * @returns {string} `es`, `en` or `otherwise`
 */
export function languageOf(text, otherwise) {
  const words = text.toLowerCase().replaceAll('’', "'").match(/[\p{L}']+/gu) ?? [];
  const count = (/** @type {Set<string>} */ known) => words.filter((word) => known.has(word)).length;
  const spanish = count(WORDS.es) + (/[¿¡ñ]/i.test(text) ? 2 : 0);
  const english = count(WORDS.en);
  if (spanish === english) return otherwise;
  return spanish > english ? 'es' : 'en';
}
