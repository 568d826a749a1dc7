/** What the server tells of itself: its tree, its sessions, how fast it answers and what the model costs. */

import { h, say } from '../dom.js';
import { RestError } from '../rest.js';
import { language, t } from '../words/index.js';
import { latencyTable } from './latency_table.js';
import { Poll } from './poll.js';
import { questionOf } from './rota.js';
import { TreeView } from './tree_view.js';
import { decimal, uptime } from './units.js';

/**
 * A session, as `GET /api/sessions` tells of it; one between two lives has no more than its state.
 *
 * @typedef {object} Session
 * @property {string} session_id
 * @property {string} state
 * @property {number} uptime_s
 * @property {string} [turn]
 * @property {string} [link]
 * @property {number} [turns]
 * @property {number} [history]
 * @property {number} [last_seq]
 */

/** @typedef {import('./latency_table.js').Latency} Latency */

/**
 * What `GET /api/statistics` tells: latencies in ms, of turns that came so far; the cost if prices are
 * known, and the share of the budget (0 to 1) if there is one.
 *
 * @typedef {object} Statistics
 * @property {number} turns
 * @property {Latency} [emotion_ms]
 * @property {Latency} [first_text_ms]
 * @property {Latency} [end_ms]
 * @property {number} [tokens_today]
 * @property {number} [cost_today]
 * @property {number} [budget_used]
 */

const NOT_FOUND = 404;

const COLUMNS = /** @type {const} */ ([
  'session_id',
  'link',
  'turn',
  'turns',
  'history',
  'last_seq',
  'uptime_s',
]);

export class ServerView {
  /** @type {import('../rest.js').Rest} */ #rest;
  /** @type {import('../robot.js').Robot} */ #robot;
  /** @type {Set<import('./rota.js').Question>} */ #unanswerable = new Set();
  #tree = new TreeView();
  #poll = new Poll((round) => this.#ask(questionOf(round, this.#unanswerable)));

  /** @param {import('../rest.js').Rest} rest @param {import('../robot.js').Robot} robot */
  constructor(rest, robot) {
    this.#rest = rest;
    this.#robot = robot;
    this.trouble = h('p', { class: 'panel-trouble', role: 'status', hidden: true });
    this.latency = h('div');
    this.cost = h('dl', { class: 'panel-cost', hidden: true });
    this.sessions = h('tbody');
    this.count = h('caption', { word: 'panel.sessions' });
    this.element = h(
      'div',
      {},
      this.trouble,
      this.latency,
      this.cost,
      this.#tree.element,
      h(
        'table',
        { class: 'panel-sessions' },
        this.count,
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...COLUMNS.map((name) => h('th', { scope: 'col', word: `panel.sessions.${name}` })),
          ),
        ),
        this.sessions,
      ),
    );
  }

  show() {
    this.#poll.start();
  }

  hide() {
    this.#poll.stop();
  }

  /**
   * @param {import('./rota.js').Question} question
   * @returns {Promise<boolean>} whether the server answered
   */
  async #ask(question) {
    try {
      const answer = await this.#rest.get(`/api/${question}`);
      this.trouble.hidden = true;
      if (question === 'tree') this.#tree.draw(answer);
      else if (question === 'sessions') this.#drawSessions(answer);
      else this.#drawStatistics(answer);
      return true;
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      if (question === 'statistics' && error.status === NOT_FOUND) {
        this.#unanswerable.add(question); // a server of before there were any
        return true;
      }
      this.#tellTrouble(error);
      return false;
    }
  }

  /** @param {RestError} error */
  #tellTrouble({ message, status }) {
    this.trouble.hidden = false;
    if (message) this.trouble.textContent = message;
    else
      say(
        this.trouble,
        status === 0 ? 'panel.server.silent' : ['panel.server.refuses', { status }],
      );
  }

  /** @param {{sessions: Session[], total: number}} answer */
  #drawSessions({ sessions, total }) {
    say(this.count, ['panel.sessions.count', { n: total }]);
    this.sessions.replaceChildren(
      ...sessions.map((session) =>
        h(
          'tr',
          { class: session.session_id === this.#robot.link.sessionId ? 'is-mine' : null },
          ...COLUMNS.map((name, column) =>
            h(column ? 'td' : 'th', column ? {} : { scope: 'row' }, cell(session, name)),
          ),
        ),
      ),
    );
  }

  /** @param {Statistics} statistics */
  #drawStatistics({ turns, emotion_ms: emotion, first_text_ms: first_text, end_ms: end, ...cost }) {
    this.latency.replaceChildren(
      latencyTable(['panel.latency.server', { n: turns }], { emotion, first_text, end }),
    );
    const { tokens_today: tokens, cost_today: price, budget_used: used } = cost;
    /** @type {[string, string | null][]} */
    const told = [
      ['panel.cost.tokens', tokens === undefined ? null : decimal(tokens, 0, language())],
      ['panel.cost.price', price === undefined ? null : decimal(price, 4, language())],
      [
        'panel.cost.budget',
        used === undefined
          ? null
          : t('panel.cost.share', { n: decimal(100 * used, 1, language()) }),
      ],
    ];
    const known = told.filter(([, value]) => value !== null);
    this.cost.hidden = known.length === 0;
    this.cost.replaceChildren(
      ...known.map(([word, value]) => h('div', {}, h('dt', { word }), h('dd', {}, value))),
    );
  }
}

/** @param {Session} session @param {(typeof COLUMNS)[number]} name */
function cell(session, name) {
  const value = session[name];
  if (value === undefined) return '–';
  return name === 'uptime_s' ? uptime(session.uptime_s) : String(value);
}
