/**
 * What was said on the link, both ways, and how the link fared: the newest two thousand entries.
 *
 * Owns the bound. It is written from the first moment of the page, long before anybody opens the panel
 * to see what happened. Messages are as the link tells them: without the key, and with media in a line.
 */

import { Emitter } from '../emitter.js';

/** @typedef {import('../link.js').Message} Message */

export const MOST_ENTRIES = 2000;

/**
 * `number` counts from 0 and never repeats; `at` in ms of `performance.now()`; `bytes` on the wire,
 * 0 for what is no message; `direction` is `link` for what befell the link itself.
 *
 * @typedef {object} Entry
 * @property {number} number
 * @property {'in' | 'out' | 'link'} direction
 * @property {number} at
 * @property {number} bytes
 * @property {Message} message
 */

/** Emits `change` after whatever was done to it. @extends {Emitter<{change: null}>} */
export class Log extends Emitter {
  /** @type {Entry[]} */ #entries = [];
  #written = 0;

  /** The entries kept, the oldest first. @returns {readonly Entry[]} */
  get entries() {
    return this.#entries;
  }

  /**
   * @param {Entry['direction']} direction
   * @param {import('../link.js').Passage} passage
   */
  write(direction, passage) {
    this.#entries.push({ number: this.#written, direction, ...passage });
    this.#written += 1;
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
    this.emit('change', null);
  }

  /** Forget what is kept; numbers go on. */
  clear() {
    this.#entries = [];
    this.emit('change', null);
  }
}

/**
 * The log of all that `robot` hears and says from now on.
 *
 * @param {import('../robot.js').Robot} robot
 * @returns {Log}
 */
export function keepLog(robot) {
  const log = new Log();
  /** @param {string} type @param {object} details */
  const befall = (type, details) => {
    log.write('link', { message: { type, ...details }, bytes: 0, at: performance.now() });
  };
  robot.on('message', (passage) => log.write('in', passage));
  robot.on('sent', (passage) => log.write('out', passage));
  robot.on('state', ({ state, ...details }) => befall(state, details));
  robot.on('gap', (details) => befall('gap', details));
  return log;
}

/**
 * The entries of one type (`''`: of any) and of one turn (null: of any, and of none), as they are now.
 *
 * @param {readonly Entry[]} entries
 * @param {{type: string, requestId: string | null}} wanted
 * @returns {readonly Entry[]}
 */
export function filtered(entries, { type, requestId }) {
  return entries.filter(
    ({ message }) =>
      (!type || message.type === type) && (requestId === null || message.request_id === requestId),
  );
}

/**
 * Which types of message there are, by name.
 *
 * @param {readonly Entry[]} entries
 * @returns {string[]}
 */
export function types(entries) {
  return [...new Set(entries.map(({ message }) => message.type))].sort();
}
