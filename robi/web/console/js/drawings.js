/**
 * The drawings of the face, kept: a robot that has lost its server still has to show that it has.
 *
 * Owns what was fetched of them, for as long as the page lives. A drawing that is not kept is asked
 * of the server when it is shown.
 */

import { drawing } from './faces.js';

export class Drawings {
  /** Where each is kept. @type {Map<string, string>} */ #urls = new Map();

  /** Where to find the drawing of `code`. @param {string} code */
  at(code) {
    return this.#urls.get(code) ?? drawing(code);
  }

  /**
   * Fetch and keep those of `codes` that are not kept yet, the first ones first. What cannot be
   * fetched now may be the next time.
   *
   * @param {Iterable<string>} codes
   */
  async keep(codes) {
    for (const code of codes) {
      if (this.#urls.has(code)) continue;
      const drawn = await fetched(code);
      if (drawn === undefined) return; // the network is gone
      if (drawn && !this.#urls.has(code)) this.#urls.set(code, URL.createObjectURL(drawn));
    }
  }
}

/** @param {string} code @returns {Promise<Blob | null | undefined>} null if there is no such drawing, undefined if there is no server */
async function fetched(code) {
  try {
    const answer = await fetch(drawing(code), { credentials: 'omit' });
    return answer.ok ? await answer.blob() : null;
  } catch (error) {
    if (error instanceof TypeError) return undefined; // what fetch throws for a lost network
    throw error;
  }
}
