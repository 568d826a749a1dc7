/**
 * The geometry of a turn's waterfall: which bars there are, and from when to when. Pure.
 *
 * Zero is the moment at which the utterance was complete; what a person says before lasts as long as
 * they speak and would squash the rest. A bar goes from one moment that is known to the next, so that
 * a turn which was interrupted, or failed, has fewer bars and no gap.
 */

import { isRunning } from '../turns.js';

/** @typedef {import('../turns.js').Turn} Turn */

/**
 * Times in milliseconds from zero. `of` says who measured it: the page what it saw, the server what
 * it was busy with until the model's first words. `open`: it still goes on.
 * @typedef {object} Bar
 * @property {string} name
 * @property {'page' | 'server'} of
 * @property {number} from
 * @property {number} to
 * @property {boolean} open
 */

/** @typedef {{bars: Bar[], span: number, ticks: number[]}} Waterfall */

/** Besides that of zero: more would overlap on a narrow phone. */
const MOST_TICKS = 4;

/** A turn that is over at once still has a scale. */
const LEAST_SPAN = 10;

/**
 * @param {Turn} turn
 * @param {number} now of `performance.now()`: where the bar of a running turn ends
 * @returns {Waterfall | null} null before the utterance was sent
 */
export function waterfall(turn, now) {
  const zero = turn.kind === 'due' ? turn.startedAt : turn.sentAt; // nobody asked for what is due
  if (zero === null) return null;
  const bars = [...seen(turn, zero, now), ...measured(turn)];
  const span = Math.max(LEAST_SPAN, ...bars.map((bar) => bar.to));
  return { bars, span, ticks: ticks(span) };
}

/**
 * What the page saw: from moment to moment.
 * @param {Turn} turn
 * @param {number} zero
 * @param {number} now
 * @returns {Bar[]}
 */
function seen(turn, zero, now) {
  /** @type {[string, number | null][]} */
  const moments = [
    ['emotion', turn.emotionAt],
    ['first_text', turn.firstTextAt],
    ['text', turn.lastTextAt],
    ['end', turn.endAt],
  ];
  /** @type {Bar[]} */
  const bars = [];
  let from = 0;
  for (const [name, at] of moments) {
    if (at === null) continue;
    bars.push({ name, of: 'page', from, to: at - zero, open: false });
    from = at - zero;
  }
  if (isRunning(turn)) {
    bars.push({ name: 'running', of: 'page', from, to: Math.max(from, now - zero), open: true });
  }
  return bars;
}

/**
 * What the server says that it waited for, one after the other. What is left until the first thing
 * that the page saw is the way there and back, and the rest of the server.
 * @param {Turn} turn
 * @returns {Bar[]}
 */
function measured({ timings }) {
  if (!timings) return [];
  /** @type {[string, number | undefined][]} */
  const waits = [
    ['memory', timings.recall_ms],
    ['queue', timings.queue_ms],
    ['model', timings.model_ms],
  ];
  /** @type {Bar[]} */
  const bars = [];
  let from = 0;
  for (const [name, ms] of waits) {
    if (ms === undefined) continue;
    bars.push({ name, of: 'server', from, to: from + ms, open: false });
    from += ms;
  }
  return bars;
}

/**
 * Round times from 0 to `span`: steps of 1, 2 or 5 times a power of ten.
 * @param {number} span more than 0
 * @returns {number[]}
 */
export function ticks(span) {
  const raw = span / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10);
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step);
}
