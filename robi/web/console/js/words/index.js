/**
 * What the page says to people, in the language that they chose.
 *
 * Owns the language and the tables of words. The tables are `es.js`, `en.js` and those that other
 * parts bring with `addWords`. Pure: who writes words into the page is `dom.js`.
 *
 * A word is a text with `{names}` to be filled in, or one text for each grammatical number
 * (`{one: '{n} memory', other: '{n} memories'}`), chosen by the value `n`.
 */

import { Emitter } from '../emitter.js';
import { en } from './en.js';
import { es } from './es.js';

/** @typedef {'es' | 'en'} Language */
/** @typedef {string | {one: string, other: string}} Word */
/** @typedef {Record<string, Word>} Table */
/** @typedef {Record<string, string | number>} Values */

/** @type {readonly Language[]} */
export const LANGUAGES = ['es', 'en'];

/** Emits `change` with the new language. @type {Emitter<{change: Language}>} */
export const languages = new Emitter();

/** @type {Record<Language, Table>} */
const tables = { es: { ...es }, en: { ...en } };

/** @type {Language} */
let current = 'en';

/**
 * Add the words of another part of the page; their keys begin with its name (`ears.hold`).
 *
 * @param {Record<Language, Table>} more
 */
export function addWords(more) {
  for (const name of LANGUAGES) {
    for (const [key, word] of Object.entries(more[name])) {
      if (key in tables[name]) throw new Error(`the word ${key} is there twice`);
      tables[name][key] = word;
    }
  }
}

/** The language of the moment. @returns {Language} */
export function language() {
  return current;
}

/** @param {Language} name */
export function setLanguage(name) {
  if (name === current) return;
  current = name;
  languages.emit('change', name);
}

/**
 * The first of `wishes` (BCP 47, as in `navigator.languages`) that the page speaks, else English.
 *
 * @param {readonly string[]} wishes
 * @returns {Language}
 */
export function firstSpoken(wishes) {
  for (const wish of wishes) {
    const name = LANGUAGES.find((known) => known === wish.toLowerCase().split('-')[0]);
    if (name) return name;
  }
  return 'en';
}

/**
 * The first of `wishes` (as above) that is of the language `name`, for the manner of a country:
 * English in Britain and in America write a date differently.
 *
 * @param {Language} name
 * @param {readonly string[]} wishes
 * @returns {string}
 */
export function localeOf(name, wishes) {
  return wishes.find((wish) => wish.toLowerCase().split('-')[0] === name) ?? name;
}

/**
 * The words for `key` in the language of the moment.
 *
 * @param {string} key
 * @param {Values} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const word = tables[current][key];
  if (word === undefined) throw new Error(`no word for ${key} in ${current}`);
  return fill(choose(word, values), values);
}

/** Whether there are words for `key`. @param {string} key @returns {boolean} */
export function hasWord(key) {
  return key in tables[current];
}

/** @param {Word} word @param {Values} values @returns {string} */
function choose(word, values) {
  if (typeof word === 'string') return word;
  const number = new Intl.PluralRules(current).select(Number(values.n));
  return number === 'one' ? word.one : word.other; // Spanish has "many" too, for whole millions
}

/** @param {string} text @param {Values} values @returns {string} */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
