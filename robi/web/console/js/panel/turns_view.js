/**
 * The history of the session: its turns, the newest first, and how long they took.
 *
 * Owns which of them are drawn, and when: once a frame at most, and a running one ten times a second.
 */

import { h } from '../dom.js';
import { languages } from '../words/index.js';
import { isRunning } from '../turns.js';
import { copyButton } from './copy.js';
import { latencyTable } from './latency_table.js';
import { latencies } from './percentiles.js';
import { script } from './script.js';
import { TurnCard } from './turn_card.js';

/** @typedef {import('../turns.js').Turn} Turn */

/** Turns that are drawn at first, and that each press of a button adds. */
const SHOWN = 20;

const RUNNING_MS = 100;

export class TurnsView {
  /** @type {import('../robot.js').Robot} */ #robot;
  /** @type {import('./log.js').Log} */ #log;
  /** @type {Map<Turn, TurnCard>} */ #cards = new Map();
  /** @type {Set<Turn>} */ #changed = new Set();
  #shown = SHOWN;
  #seen = false;
  #due = false;
  /** @type {import('./turn_card.js').Deeds} */ #deeds;

  /**
   * @param {import('../robot.js').Robot} robot
   * @param {import('./log.js').Log} log
   * @param {Omit<import('./turn_card.js').Deeds, 'script'>} deeds
   */
  constructor(robot, log, deeds) {
    this.#robot = robot;
    this.#log = log;
    this.#deeds = { ...deeds, script: (turn) => this.#scriptOf(turn) };
    this.list = h('ol', { class: 'panel-turns', reversed: true });
    this.latency = h('div');
    this.none = h('p', { class: 'panel-none', word: 'panel.turns.none' });
    this.older = h('button', {
      type: 'button',
      word: 'panel.turns.older',
      onclick: () => this.#showMore(),
    });
    this.element = h(
      'div',
      {},
      this.latency,
      h(
        'div',
        { class: 'panel-bar' },
        copyButton('panel.copy.all', () => this.#scriptOfAll()),
      ),
      this.none,
      this.list,
      this.older,
    );
    robot.on('turn', (turn) => {
      this.#changed.add(turn);
      this.#later();
    });
    languages.on('change', () => this.#all());
  }

  show() {
    this.#seen = true;
    this.#all();
  }

  hide() {
    this.#seen = false;
  }

  /** Draw every card anew. */
  #all() {
    for (const turn of this.#robot.turns.list) this.#changed.add(turn);
    this.#later();
  }

  #later() {
    if (!this.#seen || this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#draw();
    });
  }

  #draw() {
    const { list } = this.#robot.turns;
    const shown = list.slice(-this.#shown).reverse();
    this.#arrange(shown);
    const now = performance.now();
    for (const turn of shown) {
      if (this.#changed.has(turn)) this.#cards.get(turn)?.draw(now);
    }
    this.#changed.clear();
    this.none.hidden = list.length > 0;
    this.older.hidden = list.length <= this.#shown;
    const measured = latencies(list);
    this.latency.hidden = measured.emotion === null;
    this.latency.replaceChildren(
      latencyTable(['panel.latency.page', { n: measured.emotion?.count ?? 0 }], measured),
    );
    const running = shown.filter(isRunning);
    if (running.length > 0) setTimeout(() => this.#again(running), RUNNING_MS);
  }

  /** Cards for the turns in `shown`, in that order, and for no others. @param {Turn[]} shown */
  #arrange(shown) {
    const kept = new Set(shown);
    for (const [turn, card] of this.#cards) {
      if (kept.has(turn)) continue;
      card.element.remove();
      this.#cards.delete(turn);
    }
    let before = null;
    for (const turn of shown.toReversed()) {
      let card = this.#cards.get(turn);
      if (!card) {
        card = new TurnCard(turn, this.#deeds);
        this.#cards.set(turn, card);
        this.#changed.add(turn);
        this.list.insertBefore(card.element, before);
      }
      before = card.element;
    }
  }

  /** @param {Turn[]} running */
  #again(running) {
    for (const turn of running) this.#changed.add(turn);
    this.#later();
  }

  #showMore() {
    this.#shown += SHOWN;
    this.#later();
  }

  /** @param {Turn} turn */
  #scriptOf(turn) {
    const sent = turn.messages.filter(({ direction }) => direction === 'out');
    const meetings = this.#log.entries.filter(
      ({ at, message }) => message.type === 'interaction_start' && at <= turn.startedAt,
    );
    return script(sent, {
      url: robotsUrl(),
      personId: meetings.at(-1)?.message.person_id ?? 'unknown',
    });
  }

  #scriptOfAll() {
    const sent = this.#log.entries.filter(({ direction }) => direction === 'out');
    return script(sent, { url: robotsUrl(), personId: 'unknown' });
  }
}

/** Where robots find the server that this page is of. */
function robotsUrl() {
  return `${location.origin.replace(/^http/, 'ws')}/ws/interact`;
}
