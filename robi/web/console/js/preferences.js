/**
 * The dialog of settings: language, voice, commands of the keyboard, the key.
 *
 * Owns that dialog. What belongs to the voice is put there by the voice itself, into `voice`.
 */

import { h } from './dom.js';
import { commandsAreOn, switchCommands } from './keys.js';
import { LANGUAGES, language, languages, setLanguage } from './words/index.js';

/** The languages by their own names. */
const OWN_NAMES = { es: 'Español', en: 'English' };

/**
 * @param {HTMLElement} opener a button
 * @param {{forgetKey: () => void}} does
 * @returns {{voice: HTMLElement}}
 */
export function mountPreferences(opener, { forgetKey }) {
  const voice = h('div', { id: 'voice' });
  const commands = h('input', {
    id: 'commands',
    type: 'checkbox',
    checked: commandsAreOn(),
    onchange: () => switchCommands(commands.checked),
  });
  const dialog = h(
    'dialog',
    { id: 'preferences', 'aria-labelledby': 'preferences-title' },
    h('h2', { id: 'preferences-title', word: 'preferences.title' }),
    h('fieldset', {}, h('legend', { word: 'preferences.language' }), ...LANGUAGES.map(choice)),
    h('fieldset', {}, h('legend', { word: 'preferences.voice' }), voice),
    h(
      'fieldset',
      {},
      h('legend', { word: 'preferences.keys' }),
      h('label', {}, commands, h('span', { word: 'preferences.commands' })),
    ),
    h(
      'div',
      { class: 'actions' },
      h('button', {
        type: 'button',
        class: 'danger',
        word: 'preferences.forgetKey',
        onclick: () => {
          dialog.close();
          forgetKey();
        },
      }),
      h('button', {
        type: 'button',
        class: 'primary',
        word: 'common.close',
        onclick: () => dialog.close(),
      }),
    ),
  );
  document.body.append(dialog);
  opener.addEventListener('click', () => dialog.showModal());
  return { voice };
}

/** @param {import('./words/index.js').Language} name */
function choice(name) {
  const radio = h('input', {
    type: 'radio',
    name: 'language',
    value: name,
    checked: language() === name,
    onchange: () => setLanguage(name),
  });
  languages.on('change', (now) => {
    radio.checked = now === name;
  });
  return h('label', { lang: name }, radio, OWN_NAMES[name]);
}
