/**
 * The panel itself: a drawer beside the face, with the link on top and three views below.
 *
 * Owns being open or shut. What is shut, or in a page that nobody looks at, neither draws nor asks.
 */

import { h } from '../dom.js';
import { Cover } from './cover.js';
import { LinkView } from './link_view.js';
import { MessagesView } from './messages_view.js';
import { ServerView } from './server_view.js';
import { Tabs } from './tabs.js';
import { TurnsView } from './turns_view.js';

/** Where the messages are, among the views. */
const MESSAGES = 1;

/** On the page while the panel is open, for the style sheet to make room beside it. */
const OPEN_CLASS = 'has-panel';

/**
 * @typedef {object} Parts
 * @property {import('../robot.js').Robot} robot
 * @property {import('../rest.js').Rest} rest
 * @property {import('./log.js').Log} log
 * @property {HTMLButtonElement} button that opens it
 */

export class Drawer {
  /** @type {HTMLElement} */ #element;
  /** @type {HTMLElement} */ #title;
  /** @type {HTMLButtonElement} */ #button;
  /** @type {Tabs} */ #tabs;
  /** @type {Cover} */ #cover;
  #open = false;

  /** @param {Parts} parts */
  constructor({ robot, rest, log, button }) {
    const messages = new MessagesView(log);
    const turns = new TurnsView(robot, log, {
      showMessages: ({ requestId }) => {
        messages.showTurn(requestId);
        this.#tabs.choose(MESSAGES);
      },
      replay: (turn) => {
        if (this.#cover.covers) this.toggle(); // it is the face that one wants to see
        robot.replay(turn);
      },
    });
    this.#tabs = new Tabs('panel.tabs', { turns, messages, server: new ServerView(rest, robot) });
    this.#button = button;
    this.#title = h('h2', { tabindex: -1, word: 'panel.title' });
    const shut = {
      type: 'button',
      class: 'panel-shut',
      word: 'panel.shut',
      onclick: () => this.toggle(),
    };
    this.#element = h(
      'aside',
      { class: 'panel', hidden: true, words: { 'aria-label': 'panel.title' } },
      h(
        'header',
        { class: 'panel-head' },
        this.#title,
        h('button', shut),
        new LinkView(robot).element,
        this.#tabs.list,
      ),
      ...this.#tabs.panels,
    );
    this.#cover = new Cover(this.#element);
    document.body.append(this.#element);
    document.addEventListener('visibilitychange', () => this.#look());
  }

  toggle() {
    this.#open = !this.#open;
    this.#element.hidden = !this.#open;
    this.#button.setAttribute('aria-expanded', String(this.#open));
    document.documentElement.classList.toggle(OPEN_CLASS, this.#open);
    this.#cover.setOpen(this.#open);
    this.#look();
    if (this.#open) this.#title.focus();
    else this.#button.focus();
  }

  #look() {
    this.#tabs.setSeen(this.#open && document.visibilityState === 'visible');
  }
}
