/**
 * A button that copies a text.
 *
 * Over plain HTTP a browser has no clipboard for pages (localhost excepted): there the text is shown
 * in a dialog, chosen, for the person to copy.
 */

import { h, say } from '../dom.js';

/** How long it is told that the text is copied, in ms. */
const TOLD_MS = 2000;

/**
 * @param {string} word key of what it says
 * @param {() => string} make the text
 * @returns {HTMLElement} the button, with what tells that it has copied
 */
export function copyButton(word, make) {
  const told = h('span', { role: 'status' });
  const button = h('button', { type: 'button', word });
  button.addEventListener('click', async () => {
    const text = make();
    if (!(await copied(text))) {
      showToCopy(text);
      return;
    }
    say(told, 'panel.copied');
    setTimeout(() => told.replaceChildren(), TOLD_MS);
  });
  return h('span', { class: 'panel-copier' }, button, told);
}

/** Whether `text` could be put on the clipboard. @param {string} text @returns {Promise<boolean>} */
async function copied(text) {
  if (!navigator.clipboard) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (error instanceof DOMException) return false; // the person, or the browser, does not allow it
    throw error;
  }
}

/** @param {string} text */
function showToCopy(text) {
  const area = h('textarea', {
    readonly: true,
    rows: 12,
    value: text,
    words: { 'aria-label': 'panel.copy.text' },
  });
  const dialog = h(
    'dialog',
    {
      class: 'panel-copy',
      words: { 'aria-label': 'panel.copy.text' },
      onclose: () => dialog.remove(),
    },
    h('p', { word: 'panel.copy.hint' }),
    area,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', word: 'panel.shut', onclick: () => dialog.close() }),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}
