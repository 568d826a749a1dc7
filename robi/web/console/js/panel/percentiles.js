/**
 * How long turns took, as percentiles. Pure: numbers in, numbers out.
 *
 * Nearest rank (ISO 2602 calls it the inverted distribution function): a percentile is always a
 * time that some turn really took. With few turns p99 is simply the slowest.
 */

/** @typedef {import('../turns.js').Turn} Turn */
/** @typedef {{count: number, p50: number, p90: number, p99: number}} Percentiles */

/** What is measured, from the moment that the utterance was complete: `sentAt` of its turn. */
export const MEASURES = /** @type {const} */ (['emotion', 'first_text', 'end']);

/**
 * The smallest of `sorted` that at least `percent` of a hundred do not exceed.
 * @param {readonly number[]} sorted ascending, not empty
 * @param {number} percent more than 0, at most 100
 * @returns {number}
 */
export function percentile(sorted, percent) {
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1];
}

/**
 * @param {readonly number[]} values in any order
 * @returns {Percentiles | null} null when there are none
 */
export function percentiles(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return {
    count: sorted.length,
    p50: percentile(sorted, 50),
    p90: percentile(sorted, 90),
    p99: percentile(sorted, 99),
  };
}

/**
 * How long `turns` took, in milliseconds. An end counts for whole answers only: one that was
 * interrupted or failed says nothing of how long an answer takes.
 * @param {Iterable<Turn>} turns
 * @returns {Record<(typeof MEASURES)[number], Percentiles | null>}
 */
export function latencies(turns) {
  /** @type {number[]} */ const emotion = [];
  /** @type {number[]} */ const firstText = [];
  /** @type {number[]} */ const end = [];
  for (const turn of turns) {
    if (turn.sentAt === null) continue;
    if (turn.emotionAt !== null) emotion.push(turn.emotionAt - turn.sentAt);
    if (turn.firstTextAt !== null) firstText.push(turn.firstTextAt - turn.sentAt);
    if (turn.endAt !== null && turn.meta !== null && !turn.interrupted)
      end.push(turn.endAt - turn.sentAt);
  }
  return {
    emotion: percentiles(emotion),
    first_text: percentiles(firstText),
    end: percentiles(end),
  };
}
