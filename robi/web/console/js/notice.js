/**
 * The line that says what is wrong, and what can be done about it.
 *
 * Owns the one notice of the page, which a screen reader tells at once (`role="alert"`). What is
 * wrong is told until it is over, or until the person closes it.
 */

import { h } from './dom.js';

/** @typedef {import('./dom.js').Wording} Wording */
/** @typedef {{word: Wording, does: () => void}} Remedy */

export class Notice {
  #root;
  /** What the notice of the moment is about. */ #about = '';

  /** @param {HTMLElement} root with `role="alert"` */
  constructor(root) {
    this.#root = root;
    this.clear();
  }

  /**
   * @param {Wording} wording
   * @param {Remedy} [remedy] a button beside it
   * @param {string} [about] by which it may be cleared
   */
  tell(wording, remedy, about = '') {
    this.#about = about;
    const close = h('button', {
      type: 'button',
      class: 'close',
      words: { 'aria-label': 'common.close' },
      onclick: () => this.clear(),
    }, '×');
    const cure =
      remedy &&
      h('button', {
        type: 'button',
        word: remedy.word,
        onclick: () => {
          this.clear();
          remedy.does();
        },
      });
    this.#root.replaceChildren(h('p', { word: wording }), cure ?? '', close);
    this.#root.hidden = false;
  }

  /** It is over. @param {string} [about] only if the notice is about this */
  clear(about) {
    if (about !== undefined && about !== this.#about) return;
    this.#root.hidden = true;
    this.#root.replaceChildren();
  }
}
