/**
 * Asks again and again, one question after the answer to the last, while somebody looks.
 *
 * Owns the pauses: a second, longer after trouble.
 */

const PAUSE_MS = 1000;
const PAUSE_AFTER_TROUBLE_MS = 10_000;

export class Poll {
  /** @type {(round: number) => Promise<boolean>} */ #ask;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #round = 0;
  /** Counts the starts: an answer to a question of an earlier one starts nothing. */
  #run = 0;

  /** @param {(round: number) => Promise<boolean>} ask a question; gives whether all was well */
  constructor(ask) {
    this.#ask = ask;
  }

  start() {
    this.stop();
    this.#round = 0;
    this.#next(this.#run);
  }

  stop() {
    this.#run += 1;
    clearTimeout(this.#timer);
  }

  /** @param {number} run */
  async #next(run) {
    const well = await this.#ask(this.#round);
    if (run !== this.#run) return;
    this.#round += 1;
    this.#timer = setTimeout(() => this.#next(run), well ? PAUSE_MS : PAUSE_AFTER_TROUBLE_MS);
  }
}
