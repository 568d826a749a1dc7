/**
 * Every message both ways, in a list that draws no more rows than are seen.
 *
 * Owns what is filtered, chosen, and whether the newest is followed. A listbox for the screen reader:
 * arrows go from message to message, and the chosen one is shown as JSON below.
 */

import { h, say } from '../dom.js';
import { language, languages, t } from '../words/index.js';
import { gist } from './gist.js';
import { filtered, types } from './log.js';
import { rowsInView, scrolledTo } from './rows.js';
import { clock, size } from './units.js';

/** @typedef {import('./log.js').Entry} Entry */

const ARROWS = { in: '↓', out: '↑', link: '·' };

/** Rows that PageUp and PageDown go over. */
const PAGE = 10;

export class MessagesView {
  /** @type {import('./log.js').Log} */ #log;
  /** @type {readonly Entry[]} */ #shown = [];
  /** @type {number | null} */ #chosen = null;
  /** @type {string | null} */ #requestId = null;
  /** @type {string[]} */ #offered = [];
  /** The rows that are drawn, by the numbers of their entries. @type {Map<number, HTMLElement>} */ #placed =
    new Map();
  #follows = true;
  #seen = false;
  #due = false;
  #rowHeight = 0;

  /** @param {import('./log.js').Log} log */
  constructor(log) {
    this.#log = log;
    this.types = h('select', { id: 'panel-types', onchange: () => this.#filter() });
    this.ofTurn = h('button', {
      type: 'button',
      hidden: true,
      word: 'panel.messages.all',
      onclick: () => this.showTurn(null),
    });
    this.count = h('span', { class: 'panel-count' });
    this.space = h('div', { class: 'panel-rows-space', role: 'presentation' });
    this.rows = h(
      'div',
      {
        class: 'panel-rows',
        role: 'listbox',
        tabindex: 0,
        words: { 'aria-label': 'panel.tab.messages' },
        onscroll: () => this.#scrolled(),
        onkeydown: this.#steer,
        onclick: this.#click,
      },
      this.space,
    );
    this.json = h('pre', {
      class: 'panel-json',
      tabindex: 0,
      role: 'region',
      words: { 'aria-label': 'panel.messages.json' },
    });
    say(this.json, 'panel.messages.choose');
    this.#offer([]);
    this.element = h(
      'div',
      { class: 'panel-messages' },
      h(
        'div',
        { class: 'panel-bar' },
        h('label', { for: this.types.id, word: 'panel.messages.type' }),
        this.types,
        this.ofTurn,
        this.count,
        h('button', {
          type: 'button',
          word: 'panel.messages.clear',
          onclick: () => this.#log.clear(),
        }),
      ),
      this.rows,
      this.json,
    );
    log.on('change', () => this.#later());
    languages.on('change', () => {
      this.#place(0, 0);
      this.#later();
    });
    new ResizeObserver(() => {
      this.#rowHeight = 0; // the style has come, or another kind of pointer
      this.#later();
    }).observe(this.rows);
  }

  show() {
    this.#seen = true;
    this.#later();
  }

  hide() {
    this.#seen = false;
  }

  /** Show only what belongs to a turn, or everything again. @param {string | null} requestId */
  showTurn(requestId) {
    this.#requestId = requestId;
    this.ofTurn.hidden = requestId === null;
    this.types.value = '';
    this.#filter();
  }

  /** Draw before the next frame, once, however many messages come until then. */
  #later() {
    if (!this.#seen || this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#draw();
    });
  }

  #filter() {
    this.#follows = true;
    this.#later();
  }

  #draw() {
    const { entries } = this.#log;
    this.#offer(types(entries));
    const top = Math.floor(this.rows.scrollTop / this.#height());
    const read = this.#shown[top]?.number ?? 0;
    this.#shown = filtered(entries, { type: this.types.value, requestId: this.#requestId });
    this.count.textContent = t('panel.messages.count', { n: this.#shown.length });
    this.space.style.height = `${this.#shown.length * this.#height()}px`;
    if (this.#follows) {
      this.rows.scrollTop = this.rows.scrollHeight;
    } else {
      // what is being read stays where it is, though the oldest have gone
      const moved = this.#shown.findIndex(({ number }) => number >= read) - top;
      if (moved < 0) this.rows.scrollTop += moved * this.#height();
    }
    this.#drawRows();
  }

  /**
   * The types to choose from. They are left alone as long as they are the same: the list may be open.
   * The choice stays, even if the last of its messages has gone.
   *
   * @param {string[]} present
   */
  #offer(present) {
    const chosen = this.types.value;
    const offered = chosen && !present.includes(chosen) ? [...present, chosen] : present;
    if (offered.join() === this.#offered.join()) return;
    this.#offered = offered;
    this.types.replaceChildren(
      h('option', { value: '', word: 'panel.messages.every' }),
      ...offered.map((type) => h('option', { value: type }, type)),
    );
    this.types.value = chosen;
  }

  #drawRows() {
    const rowHeight = this.#height();
    const { scrollTop, clientHeight } = this.rows;
    const { from, to } = rowsInView({
      scrollTop,
      height: clientHeight,
      rowHeight,
      count: this.#shown.length,
    });
    this.#place(from, to);
    const chosen = this.#shown.find(({ number }) => number === this.#chosen);
    if (chosen) this.rows.setAttribute('aria-activedescendant', rowId(chosen));
    else this.rows.removeAttribute('aria-activedescendant');
  }

  /**
   * Put these rows into the list, and no others. A row that was there stays the same element: a finger
   * may be on it.
   *
   * @param {number} from
   * @param {number} to not included
   */
  #place(from, to) {
    const entries = this.#shown.slice(from, to);
    const placed = new Map(
      entries.map((entry) => [entry.number, this.#placed.get(entry.number) ?? makeRow(entry)]),
    );
    for (const [number, row] of this.#placed) {
      if (!placed.has(number)) row.remove();
    }
    [...placed.values()].forEach((row, offset) => {
      row.style.top = `${(from + offset) * this.#height()}px`;
      row.setAttribute('aria-selected', String(Number(row.dataset.number) === this.#chosen));
      row.setAttribute('aria-posinset', String(from + offset + 1));
      row.setAttribute('aria-setsize', String(this.#shown.length));
      const there = this.space.children[offset];
      if (there !== row) this.space.insertBefore(row, there ?? null);
    });
    this.#placed = placed;
  }

  /** The height of a row, as the style sheet says it for this screen. */
  #height() {
    if (!this.#rowHeight)
      this.#rowHeight = parseFloat(getComputedStyle(this.rows).getPropertyValue('--row')) || 32;
    return this.#rowHeight;
  }

  #scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.rows;
    this.#follows = scrollTop + clientHeight >= scrollHeight - this.#height();
    this.#drawRows();
  }

  /** @param {number} index */
  #choose(index) {
    const entry = this.#shown[index];
    if (!entry) return;
    this.#chosen = entry.number;
    this.json.removeAttribute('data-words');
    this.json.textContent = JSON.stringify(entry.message, null, 2);
    const view = {
      scrollTop: this.rows.scrollTop,
      height: this.rows.clientHeight,
      rowHeight: this.#height(),
    };
    this.rows.scrollTop = scrolledTo(index, view);
    this.#drawRows();
  }

  /** @type {(event: MouseEvent) => void} */
  #click = (event) => {
    const row = event.target instanceof Element ? event.target.closest('[data-number]') : null;
    if (!(row instanceof HTMLElement)) return;
    this.#choose(this.#shown.findIndex(({ number }) => number === Number(row.dataset.number)));
  };

  /** @type {(event: KeyboardEvent) => void} */
  #steer = (event) => {
    const last = this.#shown.length - 1;
    const at = this.#shown.findIndex(({ number }) => number === this.#chosen);
    const next = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? last : at - 1,
      PageDown: at + PAGE,
      PageUp: at - PAGE,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#choose(Math.max(0, Math.min(last, next)));
  };
}

/** @param {Entry} entry */
function makeRow(entry) {
  const { number, direction, at, bytes, message } = entry;
  return h(
    'div',
    { role: 'option', id: rowId(entry), class: `panel-row is-${direction}`, 'data-number': number },
    h('time', {}, clock(at, performance.timeOrigin)),
    h('span', { role: 'img', 'aria-label': t(`panel.direction.${direction}`) }, ARROWS[direction]),
    h('b', {}, message.type),
    h('span', { class: 'panel-gist' }, gist(message)),
    h('span', { class: 'panel-size' }, bytes ? size(bytes, language()) : ''),
  );
}

/** @param {Entry} entry */
function rowId({ number }) {
  return `panel-message-${number}`;
}
