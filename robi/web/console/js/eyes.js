/**
 * The robot asks to look: whoever stands before it sees what it will see, and may refuse.
 *
 * Owns the dialog that answers a `capture`. Nothing leaves the page before the countdown is over,
 * and nothing at all if the person says no. What people show of their own accord is `showing.js`.
 */

import { Camera } from './camera.js';
import { ANSWER_WITHIN_MS, countOf, shareOut } from './countdown.js';
import { DeviceTrouble } from './devices.js';
import { h, say } from './dom.js';
import { mountShowing } from './showing.js';
import './words/media.js';

/** @typedef {import('./robot.js').Robot} Robot */
/** @typedef {{requestId: string, type: 'photo'|'video', durationMs: number|null}} Wish */

/** How long a person may read why nothing was taken. */
const TROUBLE_SHOWN_MS = 6000;

/**
 * @param {HTMLElement} root
 * @param {Robot} robot
 */
export function mountEyes(root, robot) {
  mountShowing(root, robot);
  /** @type {Look|null} */
  let last = null;
  robot.on('capture', (wish) => {
    last?.refuse();
    last = new Look(robot, wish);
  });
  // Whoever says something else meanwhile has answered in another way.
  robot.on('hush', () => last?.refuse());
  robot.on('begin', ({ turn }) => {
    if (turn.kind !== 'due' && turn.kind !== 'greeting') last?.refuse();
  });
}

/** One wish to look, from the question to the picture or the refusal. */
class Look {
  #over = false;
  /** @type {Camera|null} */
  #camera = null;
  /** @type {import('./camera.js').Film|null} */
  #film = null;
  /** @type {(value?: unknown) => void} */
  #wake = () => {};
  #timer = 0;

  /** @param {Robot} robot @param {Wish} wish */
  constructor(robot, wish) {
    this.robot = robot;
    this.wish = wish;
    this.askedAt = performance.now();
    this.preview = h('video', {
      class: 'eyes-preview',
      playsinline: true,
      muted: true,
      words: { 'aria-label': 'eyes.preview' },
    });
    this.count = h('p', { class: 'eyes-count', role: 'timer', 'aria-live': 'off' });
    this.note = h('p', { class: 'eyes-note', role: 'status', word: `eyes.asks.${wish.type}` });
    const title = h('h2', { id: 'eyes-title', class: 'eyes-title', word: `eyes.title.${wish.type}` });
    this.no = h('button', {
      type: 'button',
      class: 'eyes-no',
      autofocus: true,
      word: 'eyes.no',
      onclick: () => this.refuse(),
    });
    this.dialog = h(
      'dialog',
      { class: 'eyes-dialog', 'aria-labelledby': 'eyes-title', onclose: () => this.refuse() },
      title,
      h('div', { class: 'eyes-frame' }, this.preview, this.count),
      this.note,
      this.no,
    );
    document.body.append(this.dialog);
    this.dialog.showModal();
    void this.#run();
  }

  get elapsedMs() {
    return performance.now() - this.askedAt;
  }

  /** Take nothing, or nothing more, and send nothing. */
  refuse() {
    if (this.#over) return;
    this.#over = true;
    window.clearTimeout(this.#timer);
    this.#wake();
    this.#camera?.close();
    this.dialog.remove();
  }

  async #run() {
    const tooLate = window.setTimeout(() => void this.#fail('eyes.late'), ANSWER_WITHIN_MS);
    try {
      const taken = await this.#look();
      if (!taken || this.#over) return;
      const { requestId } = this.wish;
      this.refuse(); // the dialog has done its work
      await this.robot.show({ ...taken, purpose: 'context', requestId });
    } catch (error) {
      if (!(error instanceof DeviceTrouble)) throw error;
      await this.#fail(error.word);
    } finally {
      window.clearTimeout(tooLate);
    }
  }

  /** @returns {Promise<import('./camera.js').Taken|null>} null if the person refused, or it is too late */
  async #look() {
    const camera = await Camera.open();
    if (this.#over) {
      camera.close(); // allowed after all was over
      return null;
    }
    this.#camera = camera;
    if (this.wish.type === 'video') await camera.listen();
    if (this.#over || !(await camera.showIn(this.preview))) return null;
    const share = shareOut(this.wish, this.elapsedMs);
    if (!share) {
      await this.#fail('eyes.late');
      return null;
    }
    await this.#countDown(share.countdownMs);
    if (this.#over) return null;
    if (this.wish.type === 'photo') return await camera.photo(this.preview);
    this.#film = camera.film();
    this.dialog.classList.add('is-filming');
    say(this.note, 'eyes.filming');
    await this.#countDown(share.filmMs);
    return this.#over ? null : await this.#film.stop();
  }

  /** @param {number} forMs */
  async #countDown(forMs) {
    const until = performance.now() + forMs;
    for (let left = forMs; left > 0 && !this.#over; left = until - performance.now()) {
      this.count.textContent = String(countOf(left));
      await this.#rest(Math.min(left, 100));
    }
    this.count.textContent = '';
  }

  /** @param {number} forMs */
  async #rest(forMs) {
    await new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = window.setTimeout(resolve, forMs);
    });
  }

  /** Say why nothing was taken. @param {string} word */
  async #fail(word) {
    if (this.#over) return;
    this.note.setAttribute('role', 'alert');
    say(this.note, word);
    say(this.no, 'eyes.close');
    this.#camera?.close();
    await this.#rest(TROUBLE_SHOWN_MS);
    this.refuse();
  }
}
