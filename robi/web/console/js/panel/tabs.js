/**
 * Tabs, as the ARIA patterns describe them: arrows go from one to the next, Home and End to the ends.
 *
 * Owns which one is shown, and tells its view so: a view that is not seen does no work.
 */

import { h } from '../dom.js';

/**
 * Something that can be looked at. `show` is called when it comes into sight, `hide` when it leaves.
 *
 * @typedef {{element: HTMLElement, show: () => void, hide: () => void}} View
 */

export class Tabs {
  /** @type {{view: View, tab: HTMLButtonElement, panel: HTMLElement}[]} */ #pages;
  #chosen = 0;
  #seen = false;

  /** @param {string} label word for the list @param {Record<string, View>} views by name, in order */
  constructor(label, views) {
    this.#pages = Object.entries(views).map(([name, view], index) => {
      const tab = h('button', {
        type: 'button',
        role: 'tab',
        id: `panel-tab-${name}`,
        'aria-controls': `panel-page-${name}`,
        word: `panel.tab.${name}`,
        onclick: () => this.choose(index),
      });
      const panel = h(
        'div',
        {
          role: 'tabpanel',
          class: 'panel-page',
          tabindex: 0,
          id: `panel-page-${name}`,
          'aria-labelledby': tab.id,
        },
        view.element,
      );
      return { view, tab, panel };
    });
    /** The row of tabs. */
    this.list = h(
      'div',
      {
        role: 'tablist',
        class: 'panel-tabs',
        words: { 'aria-label': label },
        onkeydown: this.#steer,
      },
      ...this.#pages.map(({ tab }) => tab),
    );
    /** What they show. */
    this.panels = this.#pages.map(({ panel }) => panel);
    this.#mark();
  }

  /** @param {number} index of the view to be shown */
  choose(index) {
    if (index === this.#chosen) return;
    if (this.#seen) this.#pages[this.#chosen]?.view.hide();
    this.#chosen = index;
    this.#mark();
    if (this.#seen) this.#pages[index]?.view.show();
  }

  /** Whether anything of this is seen at all. @param {boolean} seen */
  setSeen(seen) {
    if (seen === this.#seen) return;
    this.#seen = seen;
    const view = this.#pages[this.#chosen]?.view;
    if (seen) view?.show();
    else view?.hide();
  }

  #mark() {
    this.#pages.forEach(({ tab, panel }, index) => {
      const chosen = index === this.#chosen;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
    });
  }

  /** @type {(event: KeyboardEvent) => void} */
  #steer = (event) => {
    const last = this.#pages.length - 1;
    const next = { ArrowRight: this.#chosen + 1, ArrowLeft: this.#chosen - 1, Home: 0, End: last }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    const index = (next + this.#pages.length) % this.#pages.length;
    this.choose(index);
    this.#pages[index]?.tab.focus();
  };
}
