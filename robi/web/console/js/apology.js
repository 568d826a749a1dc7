/**
 * What a person is told of an error. Pure.
 *
 * Owns whose words these are. The server's say it best, and are in the language of the robot, which
 * need not be that of the page; then they are the page's own, by the error's code. An error that the
 * page has no words for is told in the server's.
 */

import { languageOf } from './sentences.js';
import { hasWord, language, t } from './words/index.js';

/**
 * @param {string} errorCode such as `GEMINI_TIMEOUT`
 * @param {string} message the server's words
 * @returns {string} fit to be shown and spoken
 */
export function apology(errorCode, message) {
  const word = `error.${errorCode}`;
  if (languageOf(message, '') === language() || !hasWord(word)) return message;
  return t(word);
}
