/**
 * The supervision tree as a table: states, mailboxes, restarts.
 *
 * Rows are changed in place each second, so that what is chosen in them stays chosen; a restart is
 * told to the screen reader, and marked for the eye.
 */

import { h, say } from '../dom.js';
import { hasWord, t } from '../words/index.js';
import { fullness, restarted, treeRows } from './tree.js';
import { uptime } from './units.js';

/** @typedef {import('./tree.js').Actor} Actor */
/** @typedef {import('./tree.js').Row} Row */

/** From here on a mailbox is marked as filling up. */
const NEARLY_FULL = 0.8;

export class TreeView {
  /** @type {Map<string, TreeRow>} */ #drawn = new Map();
  /** @type {Row[]} */ #rows = [];

  constructor() {
    this.body = h('tbody');
    this.news = h('p', { class: 'panel-news', role: 'status' });
    this.element = h(
      'div',
      {},
      h(
        'table',
        { class: 'panel-tree' },
        h('caption', { word: 'panel.tree' }),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...['actor', 'state', 'mailbox', 'restarts', 'uptime'].map((name) =>
              h('th', { scope: 'col', word: `panel.tree.${name}` }),
            ),
          ),
        ),
        this.body,
      ),
      this.news,
    );
  }

  /** @param {Actor} root */
  draw(root) {
    const rows = treeRows(root);
    const again = restarted(this.#rows, rows);
    const sameShape =
      rows.length === this.#rows.length && rows.every(({ path }) => this.#drawn.has(path));
    this.#rows = rows;
    const drawn = rows.map((row) => {
      const known = this.#drawn.get(row.path) ?? new TreeRow(row);
      known.draw(row.actor);
      if (again.has(row.path)) known.markRestarted();
      return known;
    });
    if (!sameShape) {
      this.#drawn = new Map(drawn.map((row) => [row.path, row]));
      this.body.replaceChildren(...drawn.map(({ element }) => element));
    }
    if (again.size > 0)
      this.news.textContent = t('panel.tree.again', { names: [...again].map(nameIn).join(', ') });
  }
}

/** @param {string} path */
function nameIn(path) {
  return path.slice(path.indexOf('/', 1) + 1);
}

class TreeRow {
  /** @param {Row} row */
  constructor({ path, depth, actor }) {
    this.path = path;
    this.details = h('small');
    const name = h('th', { scope: 'row' }, actor.name, ' ', this.details);
    name.style.setProperty('--depth', String(depth));
    this.state = h('td');
    this.mailbox = h('td');
    this.restarts = h('td');
    this.uptime = h('td');
    this.element = h('tr', {}, name, this.state, this.mailbox, this.restarts, this.uptime);
  }

  /** @param {Actor} actor */
  draw(actor) {
    const key = `panel.actor.${actor.state}`;
    if (hasWord(key)) say(this.state, key);
    else this.state.textContent = actor.state;
    this.state.dataset.state = actor.state;
    const full = fullness(actor);
    this.mailbox.textContent =
      full === null ? '–' : `${actor.mailbox_depth} / ${actor.mailbox_bound}`;
    this.mailbox.classList.toggle('is-full', full !== null && full >= NEARLY_FULL);
    this.restarts.textContent = String(actor.restarts);
    this.restarts.classList.toggle('is-some', actor.restarts > 0);
    this.uptime.textContent = uptime(actor.uptime_s);
    const telling = Object.entries(actor.details).filter(
      ([, value]) => value !== 0 && value !== false,
    );
    const details = telling.map(([name, value]) => (value === true ? name : `${name} ${value}`));
    if (actor.restart) details.unshift(actor.restart);
    this.details.textContent = details.join(' · ');
  }

  markRestarted() {
    this.element.classList.add('was-restarted');
  }
}
