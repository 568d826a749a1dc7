/**
 * The receipt of forgetting, in words. Pure.
 *
 * Owns which of its numbers are told, and in which order: what a person would ask for comes first.
 */

import { hasWord } from './words/index.js';

/** @typedef {import('./words/index.js').Values} Values */

/** @type {readonly string[]} */
const ORDER = [
  'people',
  'faces',
  'memories',
  'history',
  'summaries',
  'interactions',
  'reminders',
  'media',
  'media_files',
  'media_files_left',
  'sessions',
  'events',
  'backups',
  'queued',
];

/**
 * @param {Record<string, number>} receipt how much was removed from each place (docs/rest.md)
 * @returns {[string, Values][]} the wording of each line; places where nothing was are left out
 */
export function receiptLines(receipt) {
  return Object.entries(receipt)
    .filter(([, n]) => n > 0)
    .sort(([one], [other]) => rank(one) - rank(other))
    .map(([place, n]) =>
      hasWord(`receipt.${place}`)
        ? [`receipt.${place}`, { n }]
        : ['receipt.other', { n, place }], // of a newer server
    );
}

/** @param {string} place */
function rank(place) {
  const at = ORDER.indexOf(place);
  return at < 0 ? ORDER.length : at;
}
