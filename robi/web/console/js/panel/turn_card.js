/**
 * One turn: what was said both ways, how it ended, its waterfall, and what can be done with it.
 *
 * Owns its own elements only, and changes them in place: what is open, chosen or has the focus stays.
 */

import { h, s, say } from '../dom.js';
import { isRunning } from '../turns.js';
import { language, t } from '../words/index.js';
import { copyButton } from './copy.js';
import { clock, duration } from './units.js';
import { waterfall } from './waterfall.js';

/** @typedef {import('../turns.js').Turn} Turn */
/** @typedef {import('./waterfall.js').Bar} Bar */
/** @typedef {import('./waterfall.js').Waterfall} Waterfall */

/** Pixels from bar to bar, and of a bar. */
const LANE = 18;
const BAR = 12;

/** Percent of the drawing: what took no time is still seen. */
const LEAST_WIDTH = 0.5;

/**
 * @typedef {object} Deeds
 * @property {(turn: Turn) => void} replay
 * @property {(turn: Turn) => void} showMessages
 * @property {(turn: Turn) => string} script
 */

export class TurnCard {
  /** @type {Turn} */ #turn;

  /** @param {Turn} turn @param {Deeds} deeds */
  constructor(turn, deeds) {
    this.#turn = turn;
    this.outcome = h('span', { class: 'panel-outcome' });
    this.asked = h('p', { class: 'panel-asked' });
    this.answer = h('p', { class: 'panel-answer' });
    this.drawing = h('div', { class: 'panel-waterfall', role: 'img' });
    this.figures = h('p', { class: 'panel-figures' });
    this.times = h('tbody');
    this.element = h(
      'li',
      { class: 'panel-turn' },
      h(
        'header',
        {},
        h('time', {}, clock(turn.startedAt, performance.timeOrigin).slice(0, 8)),
        h('span', { class: 'panel-kind', word: `panel.kind.${turn.kind}` }),
        this.outcome,
      ),
      this.asked,
      this.answer,
      this.drawing,
      this.figures,
      h(
        'details',
        {},
        h('summary', { word: 'panel.times' }),
        h(
          'table',
          {},
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              ...['what', 'by', 'from', 'lasts'].map((name) =>
                h('th', { scope: 'col', word: `panel.times.${name}` }),
              ),
            ),
          ),
          this.times,
        ),
      ),
      h(
        'div',
        { class: 'panel-bar' },
        h('button', { type: 'button', word: 'panel.replay', onclick: () => deeds.replay(turn) }),
        h('button', {
          type: 'button',
          word: 'panel.turn.messages',
          onclick: () => deeds.showMessages(turn),
        }),
        copyButton('panel.copy', () => deeds.script(turn)),
      ),
    );
  }

  /** Show the turn as it is now. @param {number} now of `performance.now()` */
  draw(now) {
    const turn = this.#turn;
    const outcome = outcomeOf(turn);
    say(this.outcome, `panel.outcome.${outcome}`);
    this.outcome.dataset.outcome = outcome;
    this.asked.textContent = turn.asked ?? '';
    this.answer.textContent = turn.error
      ? `${turn.error.errorCode} (${turn.error.code}): ${turn.error.message}`
      : turn.text;
    this.figures.textContent = figures(turn);
    const drawn = waterfall(turn, now);
    this.drawing.hidden = drawn === null;
    if (!drawn) return;
    this.drawing.setAttribute(
      'aria-label',
      t('panel.waterfall', { time: duration(drawn.span, language()) }),
    );
    this.drawing.replaceChildren(...picture(drawn));
    this.times.replaceChildren(...drawn.bars.map(timesRow));
  }
}

/** @param {Turn} turn */
function outcomeOf(turn) {
  if (isRunning(turn)) return 'running';
  if (turn.lost) return 'lost';
  if (turn.error) return 'error';
  if (turn.interrupted) return 'interrupted';
  return turn.meta ? 'done' : 'cancelled';
}

/** @param {Turn} turn */
function figures({ emotion, usage, spokenChars, messages, lost }) {
  const told = [t('panel.figures.messages', { n: messages.length })];
  if (emotion) told.unshift(emotion);
  if (usage)
    told.push(
      t('panel.figures.tokens', { input: usage.input_tokens, output: usage.output_tokens }),
    );
  if (spokenChars !== null && !lost) told.push(t('panel.figures.spoken', { n: spokenChars }));
  return told.join(' · ');
}

/** @param {Waterfall} drawn @returns {Element[]} names, bars, and how long they last, side by side */
function picture({ bars, span, ticks }) {
  const height = bars.length * LANE;
  const x = (/** @type {number} */ ms) => `${((100 * ms) / span).toFixed(2)}%`;
  const lines = ticks.map((ms) => s('line', { x1: x(ms), x2: x(ms), y1: 0, y2: height }));
  const marks = ticks.map((ms) =>
    s(
      'text',
      {
        x: x(ms),
        y: height + 12,
        'text-anchor': ms === 0 ? 'start' : ms > 0.9 * span ? 'end' : 'middle',
      },
      duration(ms, language()),
    ),
  );
  const rects = bars.map((bar, lane) =>
    s('rect', {
      class: `is-${bar.name}${bar.open ? ' is-open' : ''}`,
      x: x(bar.from),
      y: lane * LANE + (LANE - BAR) / 2,
      width: `${Math.max(LEAST_WIDTH, (100 * (bar.to - bar.from)) / span).toFixed(2)}%`,
      height: BAR,
      rx: 2,
    }),
  );
  const column = (/** @type {string} */ name, /** @type {(bar: Bar) => string} */ text) =>
    h('div', { class: name }, ...bars.map((bar) => h('span', {}, text(bar))));
  return [
    column('panel-names', nameOf),
    s('svg', { height: height + 16, 'aria-hidden': 'true' }, ...lines, ...rects, ...marks),
    column('panel-lasts', (bar) => duration(bar.to - bar.from, language())),
  ];
}

/** @param {Bar} bar */
function nameOf({ name }) {
  return t(`panel.bar.${name}`);
}

/** @param {Bar} bar */
function timesRow(bar) {
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, nameOf(bar)),
    h('td', { word: `panel.by.${bar.of}` }),
    h('td', {}, duration(bar.from, language())),
    h('td', {}, duration(bar.to - bar.from, language())),
  );
}
