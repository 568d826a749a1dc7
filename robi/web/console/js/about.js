/** Help and about: the keys, what this is, whose drawings these are. Owns that dialog. */

import { h } from './dom.js';
import { onKey } from './keys.js';

/** The keys that do something, and the word for what. @type {readonly [string, string][]} */
const KEYS = [
  ['common.space', 'about.key.talk'],
  ['common.escape', 'about.key.interrupt'],
  ['/', 'about.key.type'],
  ['p', 'about.key.people'],
  ['b', 'about.key.body'],
  ['d', 'about.key.panel'],
  ['?', 'about.key.help'],
];

/** @param {HTMLElement} opener a button */
export function mountAbout(opener) {
  const dialog = h(
    'dialog',
    { id: 'about', 'aria-labelledby': 'about-title' },
    h(
      'form',
      { method: 'dialog' },
      h('h2', { id: 'about-title', tabindex: '-1', word: 'about.title' }),
      h('p', { word: 'about.what' }),
      h('h3', { word: 'about.keys' }),
      h(
        'dl',
        { class: 'keys' },
        ...KEYS.flatMap(([key, does]) => [
          h('dt', {}, key.length > 1 ? h('kbd', { word: key }) : h('kbd', {}, key)),
          h('dd', { word: does }),
        ]),
      ),
      h('h3', { word: 'about.drawings' }),
      h(
        'p',
        {},
        h('span', { word: 'about.openmoji' }),
        ' ',
        link('https://openmoji.org/', 'OpenMoji'),
        ', ',
        link('https://creativecommons.org/licenses/by-sa/4.0/', 'CC BY-SA 4.0'),
        '.',
      ),
      h('p', { word: 'about.privacy' }),
      h('div', { class: 'actions' }, h('button', { class: 'primary', word: 'common.close' })),
    ),
  );
  document.body.append(dialog);
  const open = () => {
    dialog.showModal();
    dialog.querySelector('h2')?.focus(); // else a link far below would have it, and be scrolled to
  };
  opener.addEventListener('click', open);
  onKey('?', open);
}

/** @param {string} href @param {string} name */
function link(href, name) {
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, name);
}
