/**
 * Which question to the server is due. Pure.
 *
 * A key may ask a hundred times a minute (`RATE_LIMIT_REQUESTS`), and the page has other things to
 * ask: the panel takes one a second, most of them for the tree, which is what moves.
 */

/** @typedef {'tree' | 'sessions' | 'statistics'} Question */

/**
 * @param {number} round counts from 0
 * @param {ReadonlySet<Question>} unanswerable what this server has no answer to
 * @returns {Question}
 */
export function questionOf(round, unanswerable) {
  if (round % 6 === 1) return 'sessions';
  return round % 12 === 2 && !unanswerable.has('statistics') ? 'statistics' : 'tree';
}
