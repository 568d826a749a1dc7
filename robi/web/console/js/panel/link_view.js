/** How the link stands, and the buttons that trouble it, to see how a session comes back. */

import { h, say } from '../dom.js';

export class LinkView {
  /** @type {import('../robot.js').Robot} */ #robot;
  /** @type {HTMLElement} */ #state;
  /** @type {HTMLElement} */ #place;
  /** @type {HTMLButtonElement} */ #freeze;

  /** @param {import('../robot.js').Robot} robot */
  constructor(robot) {
    this.#robot = robot;
    this.#state = h('span', { class: 'panel-state', role: 'status' });
    this.#place = h('code', { class: 'panel-place' });
    this.#freeze = h('button', {
      type: 'button',
      word: 'panel.freeze',
      'aria-pressed': 'false',
      onclick: this.#toggleFrozen,
    });
    this.element = h(
      'section',
      { class: 'panel-link', words: { 'aria-label': 'panel.link' } },
      this.#state,
      this.#place,
      h('button', {
        type: 'button',
        word: 'panel.kill',
        words: { title: 'panel.kill.hint' },
        onclick: () => robot.link.kill(),
      }),
      this.#freeze,
    );
    this.#tell();
    robot.on('state', () => this.#tell());
    robot.on('message', () => this.#tellPlace());
  }

  /** @type {() => void} */
  #toggleFrozen = () => {
    this.#robot.link.freeze(!this.#robot.link.frozen);
    this.#tell();
  };

  #tell() {
    const { frozen, state } = this.#robot.link;
    const told = frozen ? 'frozen' : state;
    say(this.#state, `panel.link.${told}`);
    this.#state.dataset.state = told;
    this.#freeze.setAttribute('aria-pressed', String(frozen));
    say(this.#freeze, frozen ? 'panel.thaw' : 'panel.freeze');
    this.#tellPlace();
  }

  #tellPlace() {
    const { sessionId, lastSeq } = this.#robot.link;
    this.#place.textContent = sessionId ? `${sessionId} · ${lastSeq}` : '';
  }
}
