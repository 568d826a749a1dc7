/** Asking before what cannot be undone. Owns the dialog that asks. */

import { h } from './dom.js';

/** @typedef {import('./dom.js').Wording} Wording */

/**
 * Ask, and wait for the answer.
 *
 * @param {Wording} question
 * @param {Wording} yes what the button that does it says
 * @returns {Promise<boolean>}
 */
export function confirmed(question, yes) {
  return new Promise((resolve) => {
    const dialog = h(
      'dialog',
      { class: 'small', 'aria-labelledby': 'question' },
      h(
        'form',
        { method: 'dialog' },
        h('p', { id: 'question', word: question }),
        h(
          'div',
          { class: 'actions' },
          h('button', { value: '', word: 'common.cancel' }) /* first, so that it has the focus */,
          h('button', { value: 'yes', class: 'danger', word: yes }),
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
