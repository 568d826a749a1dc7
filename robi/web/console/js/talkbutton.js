/**
 * The button to talk: it tells when it is pressed, let go or tapped, and shows how loud it is.
 *
 * Owns the element, its level meter, and that space does the same wherever nothing else takes it.
 * What pressing means is decided in `ears.js`.
 */

import { h, say } from './dom.js';
import { isCommand } from './keys.js';
import './words/media.js';

/** Levels that the meter shows, in decibels of full scale. */
const LEAST_DB = -60;
const MOST_DB = -10;

/** Elements that space presses or scrolls, or into which it is typed. */
const TAKES_SPACE = 'button, summary, a, [tabindex], input';

/**
 * @typedef {object} Listener
 * @property {() => void} press it goes down
 * @property {() => void} release it is let go; always after `press`
 * @property {() => void} tap it is clicked without a pointer: by Enter, or by a screen reader
 */

export class TalkButton {
  /** @param {Listener} listener */
  constructor(listener) {
    this.listener = listener;
    this.label = h('span', { word: 'ears.talk' });
    this.element = h(
      'button',
      { type: 'button', class: 'ears-talk', words: { title: 'ears.talk.title' } },
      h('span', { class: 'ears-meter', 'aria-hidden': 'true' }),
      this.label,
    );
    this.showListening(false);
    this.#listenToPointer();
    this.#listenToSpace();
  }

  /** @param {boolean} on */
  showListening(on) {
    this.element.classList.toggle('is-listening', on);
    say(this.label, on ? 'ears.talk.listening' : 'ears.talk');
  }

  /** @param {number} level in decibels of full scale */
  showLevel(level) {
    const share = Math.min(1, Math.max(0, (level - LEAST_DB) / (MOST_DB - LEAST_DB)));
    this.element.style.setProperty('--level', share.toFixed(2));
  }

  #listenToPointer() {
    const { element, listener } = this;
    element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      listener.press();
    });
    // Every way of letting go, of a finger that has slipped off too, ends the capture.
    element.addEventListener('lostpointercapture', () => listener.release());
    // A long touch would open the menu of the browser.
    element.addEventListener('contextmenu', (event) => event.preventDefault());
    // A click without a pointer is Enter, or a screen reader: `detail` counts pointer clicks.
    element.addEventListener('click', (event) => {
      if (event.detail === 0) listener.tap();
    });
  }

  #listenToSpace() {
    let held = false;
    document.addEventListener('keydown', (event) => {
      if (event.code !== 'Space' || !this.#isMeant(event)) return;
      event.preventDefault();
      if (event.repeat || held) return;
      held = true;
      this.listener.press();
    });
    const letGo = () => {
      if (held) this.listener.release();
      held = false;
    };
    document.addEventListener('keyup', (event) => {
      if (event.code !== 'Space' || !held) return;
      event.preventDefault(); // else it would click the button as well
      letGo();
    });
    window.addEventListener('blur', letGo); // what is let go elsewhere is not told here
  }

  /** @param {KeyboardEvent} event */
  #isMeant(event) {
    if (event.target === this.element) return true;
    return isCommand(event) && !(/** @type {Element} */ (event.target).closest(TAKES_SPACE));
  }
}
