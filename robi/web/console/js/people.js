/**
 * People: who stands before the robot, what it remembers of them, and having it forgotten.
 *
 * Owns that dialog, and the button that says who is there. It speaks REST; that somebody stands
 * before the robot is the robot's own matter (`meet`). What is shown is what the server has at this
 * moment: everything is asked anew when the dialog opens, nothing is kept here.
 */

import { apology } from './apology.js';
import { confirmed } from './confirm.js';
import { h, say } from './dom.js';
import { onKey } from './keys.js';
import { receiptLines } from './receipt.js';
import { RestError } from './rest.js';
import { language, localeOf } from './words/index.js';

/** @typedef {import('./dom.js').Wording} Wording */
/** @typedef {import('./robot.js').Robot} Robot */
/** @typedef {import('./rest.js').Rest} Rest */
/** @typedef {{user_id: string, name?: string, memory_count: number, interaction_count: number, last_seen?: string}} User */
/** @typedef {{memory_id: string, type: string, content: string, subject?: string, created_at: string}} Memory */

/**
 * @param {HTMLElement} opener a button, which says who is there
 * @param {Robot} robot
 * @param {Rest} rest
 */
export function mountPeople(opener, robot, rest) {
  const people = new People(robot, rest);
  const show = () => {
    const name = robot.person && (robot.person.name ?? robot.person.id);
    say(opener, name ? ['people.with', { name }] : 'people.withStranger');
  };
  opener.addEventListener('click', () => people.open());
  onKey('p', () => people.open());
  robot.on('person', show);
  show();
}

class People {
  #robot;
  #rest;
  #dialog;
  /** What is shown: the list, a person, a receipt. */ #view = h('div', { class: 'view' });
  /** What went wrong, or was done. */ #news = h('p', { class: 'trouble', role: 'alert' });

  /** @param {Robot} robot @param {Rest} rest */
  constructor(robot, rest) {
    this.#robot = robot;
    this.#rest = rest;
    this.#dialog = h(
      'dialog',
      { id: 'people', 'aria-labelledby': 'people-title' },
      h('h2', { id: 'people-title', tabindex: '-1', word: 'people.title' }),
      this.#news,
      this.#view,
    );
    document.body.append(this.#dialog);
  }

  open() {
    this.#dialog.showModal();
    this.#do(() => this.#showAll());
  }

  /** Do something that asks the server, and say what goes wrong. @param {() => Promise<void>} does */
  #do(does) {
    this.#news.textContent = '';
    this.#dialog.setAttribute('aria-busy', 'true');
    does()
      .catch((error) => {
        if (!(error instanceof RestError)) throw error;
        if (error.message) this.#news.textContent = apology(error.errorCode, error.message);
        else say(this.#news, 'common.unreachable');
      })
      .finally(() => this.#dialog.removeAttribute('aria-busy'))
      .catch(reportError);
  }

  /** @param {...(Node | string)} nodes */
  #show(...nodes) {
    this.#view.replaceChildren(...nodes);
    this.#dialog.scrollTop = 0;
    this.#dialog.querySelector('h2')?.focus();
  }

  // ── everybody ──────────────────────────────────────────────────────────────────────────────

  async #showAll() {
    this.#title('people.title');
    /** @type {User[]} */
    const users = await this.#rest.all('/api/users', 'users');
    const here = this.#robot.person?.id ?? null;
    this.#show(
      h('p', { word: 'people.who' }),
      h(
        'ul',
        { class: 'cards' },
        h(
          'li',
          {},
          h('span', { class: 'name', word: 'people.stranger' }),
          this.#chooser(null, here === null),
        ),
        ...users.map((user) => this.#card(user, here === user.user_id)),
      ),
      users.length ? '' : h('p', { class: 'dim', word: 'people.nobody' }),
      h(
        'div',
        { class: 'actions' },
        button('people.search', () => {
          this.#robot.search();
          this.#dialog.close();
        }),
        button('common.close', () => this.#dialog.close(), 'primary'),
      ),
    );
  }

  /** @param {User} user @param {boolean} isHere */
  #card(user, isHere) {
    return h(
      'li',
      { 'data-user': user.user_id },
      h(
        'div',
        { class: 'name' },
        user.name ?? user.user_id,
        h(
          'small',
          { class: 'dim' },
          h('span', { word: ['people.count', { n: user.memory_count }] }),
          user.last_seen ? ` · ${moment(user.last_seen)}` : '',
        ),
      ),
      button(['people.open', { name: user.name ?? user.user_id }], () => this.#do(() => this.#showOne(user))),
      this.#chooser(user, isHere),
    );
  }

  /** The button that says: this is who is here. @param {User | null} user @param {boolean} isHere */
  #chooser(user, isHere) {
    if (isHere) return h('strong', { class: 'here', word: 'people.here' });
    return button(
      'people.choose',
      () => {
        this.#robot.meet(user && { id: user.user_id, name: user.name ?? null });
        this.#dialog.close();
      },
      'primary',
    );
  }

  // ── one of them ────────────────────────────────────────────────────────────────────────────

  /** @param {User} user */
  async #showOne(user) {
    const name = user.name ?? user.user_id;
    this.#title(['people.remembers', { name }]);
    /** @type {Memory[]} */
    const memories = await this.#rest.all(pathOf(user, '/memory'), 'memories');
    this.#show(
      memories.length
        ? h('ul', { class: 'cards' }, ...memories.map((memory) => this.#memory(user, memory)))
        : h('p', { class: 'dim', word: ['people.nothing', { name }] }),
      h(
        'div',
        { class: 'actions' },
        button('common.back', () => this.#do(() => this.#showAll())),
        memories.length > 0 &&
          button('people.forgetMemories', () => this.#forgetMemories(user), 'danger'),
        button(['people.forget', { name }], () => this.#forget(user), 'danger'),
      ),
    );
  }

  /** @param {User} user @param {Memory} memory */
  #memory(user, memory) {
    const about = memory.subject ? `${memory.subject}: ` : '';
    const day = new Date(memory.created_at).toLocaleDateString(locale());
    return h(
      'li',
      { 'data-memory': memory.memory_id },
      h(
        'div',
        { class: 'name' },
        about + memory.content,
        h('small', { class: 'dim' }, h('span', { word: `people.type.${memory.type}` }), ` · ${day}`),
      ),
      button(
        'people.forgetOne',
        () =>
          this.#do(async () => {
            if (!(await confirmed('people.forgetOne.ask', 'people.forgetOne'))) return;
            await this.#rest.delete(pathOf(user, `/memory/${encodeURIComponent(memory.memory_id)}`));
            await this.#showOne(user);
          }),
        'danger',
      ),
    );
  }

  /** @param {User} user */
  #forgetMemories(user) {
    const name = user.name ?? user.user_id;
    this.#do(async () => {
      if (!(await confirmed(['people.forgetMemories.ask', { name }], 'people.forgetMemories'))) return;
      this.#showReceipt(['people.forgotMemories', { name }], await this.#rest.delete(pathOf(user, '/memory')));
    });
  }

  /** @param {User} user */
  #forget(user) {
    const name = user.name ?? user.user_id;
    this.#do(async () => {
      if (!(await confirmed(['people.forget.ask', { name }], ['people.forget', { name }]))) return;
      const receipt = await this.#rest.delete(pathOf(user));
      if (this.#robot.person?.id === user.user_id) this.#robot.meet(null);
      this.#showReceipt(['people.forgot', { name }], receipt);
    });
  }

  /** @param {Wording} title @param {Record<string, number>} receipt */
  #showReceipt(title, receipt) {
    this.#title(title);
    const lines = receiptLines(receipt);
    this.#show(
      h('p', { word: lines.length ? 'receipt.intro' : 'receipt.nothing' }),
      h('ul', { id: 'receipt' }, ...lines.map((wording) => h('li', { word: wording }))),
      h(
        'div',
        { class: 'actions' },
        button('common.back', () => this.#do(() => this.#showAll())),
        button('common.close', () => this.#dialog.close(), 'primary'),
      ),
    );
  }

  /** @param {Wording} wording */
  #title(wording) {
    const title = this.#dialog.querySelector('h2');
    if (title) say(title, wording);
  }
}

/** @param {string} timestamp @returns {string} as short as people write it */
function moment(timestamp) {
  const form = new Intl.DateTimeFormat(locale(), { dateStyle: 'short', timeStyle: 'short' });
  return form.format(new Date(timestamp));
}

/** Where people write dates as the person does. */
function locale() {
  return localeOf(language(), navigator.languages);
}

/** @param {Wording} word @param {() => void} onclick @param {string} [look] */
function button(word, onclick, look = '') {
  return h('button', { type: 'button', class: look, word, onclick });
}

/** @param {User} user @param {string} [below] */
function pathOf(user, below = '') {
  return `/api/users/${encodeURIComponent(user.user_id)}${below}`;
}
