/**
 * The key of the server: found, asked for, and kept.
 *
 * Owns where a key comes from: what was typed here once; else the server itself, which tells it to a
 * browser on its own machine while it is being developed; else the person. Only a typed key is kept.
 */

import { h, say } from './dom.js';
import { RestError, isSayable } from './rest.js';
import { keep, kept } from './settings.js';

/** @typedef {import('./rest.js').Rest} Rest */

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** What says that a key is wrong, or for something else; not the server. */
const WRONG = [401, 403];

/** There were too many wrong ones from here: this one was not looked at. */
const TOO_MANY = 429;

/**
 * A key that is known without asking, or null.
 *
 * @param {Rest} rest
 * @returns {Promise<string | null>}
 */
export async function knownKey(rest) {
  return kept('key') ?? (await keyOfDevelopment(rest));
}

/** @param {Rest} rest @returns {Promise<string | null>} */
async function keyOfDevelopment(rest) {
  if (!LOOPBACK.includes(location.hostname)) return null; // it would not tell
  try {
    return (await rest.get('/api/key')).api_key ?? null; // none: it was given its key, and keeps it
  } catch (error) {
    if (error instanceof RestError) return null; // what is wrong will show with the key that is typed
    throw error;
  }
}

/** The key that was kept has proved wrong. */
export function forgetKey() {
  keep('key', null);
}

/**
 * Ask the person for the key until it is right, and keep it.
 *
 * @param {Rest} rest takes the key
 * @param {string} [trouble] key of the word for what was wrong with the last one
 * @returns {Promise<string | null>} null if the person would rather not
 */
export function askKey(rest, trouble) {
  const wrong = h('p', { id: 'key-trouble', class: 'trouble', role: 'alert' });
  const field = h('input', {
    id: 'key',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
    spellcheck: 'false',
    'aria-describedby': 'key-hint key-trouble',
  });
  const enter = h('button', { class: 'primary', word: 'key.enter' });
  const cancel = h('button', { type: 'button', word: 'common.cancel' });
  const form = h(
    'form',
    {},
    h('h2', { id: 'key-title', word: 'key.title' }),
    h('p', { id: 'key-hint', word: 'key.hint' }),
    h('label', { for: 'key', word: 'key.label' }),
    field,
    wrong,
    h('div', { class: 'actions' }, cancel, enter),
  );
  const dialog = h('dialog', { id: 'key-dialog', class: 'small', 'aria-labelledby': 'key-title' }, form);
  if (trouble) say(wrong, trouble);

  return new Promise((resolve, reject) => {
    /** @type {string | null} */
    let found = null;
    cancel.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(found);
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      enter.disabled = true;
      tryKey(rest, field.value.trim())
        .then((problem) => {
          if (problem) {
            say(wrong, problem);
            field.select();
            return;
          }
          found = field.value.trim();
          keep('key', found);
          dialog.close();
        }, reject)
        .finally(() => {
          enter.disabled = false;
        });
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * @param {Rest} rest
 * @param {string} key
 * @returns {Promise<string | null>} the key of a word for what is wrong, null if all is well
 */
async function tryKey(rest, key) {
  if (!isSayable(key)) return 'key.wrong';
  rest.key = key;
  try {
    await rest.get('/api/users?limit=1');
    return null;
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    if (WRONG.includes(error.status)) return 'key.wrong';
    if (error.status === TOO_MANY) return 'key.wait';
    return error.status === 0 ? 'common.unreachable' : null; // anything else is no matter of the key
  }
}
