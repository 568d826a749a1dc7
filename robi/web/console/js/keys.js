/**
 * The keyboard: which key does what, wherever the focus is.
 *
 * Owns when a key is a command: not while somebody types, not while a dialog asks or the page still
 * says hello, not with Ctrl, Alt or Meta, and not at all once commands are switched off (a screen reader or voice control may want
 * the letters for itself, WCAG 2.1.4).
 */

import { keep, kept } from './settings.js';

/** @type {Map<string, () => void>} */
const commands = new Map();

/**
 * Let `key` (as in `KeyboardEvent.key`) do something.
 *
 * @param {string} key
 * @param {() => void} does
 */
export function onKey(key, does) {
  commands.set(key, does);
}

/** @returns {boolean} */
export function commandsAreOn() {
  return kept('keys') !== 'off';
}

/** @param {boolean} on */
export function switchCommands(on) {
  keep('keys', on ? null : 'off');
}

/**
 * Whether a key that is pressed is a command, for who listens by itself.
 *
 * @param {KeyboardEvent} event
 */
export function isCommand(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (document.querySelector('dialog[open], #welcome:not([hidden])')) return false;
  return event.key === 'Escape' || (commandsAreOn() && !takesText(event.target));
}

/** @param {EventTarget | null} target */
function takesText(target) {
  if (!(target instanceof HTMLElement)) return false;
  const field = target.closest('textarea, select, input, [contenteditable]');
  return field !== null && !['button', 'checkbox', 'radio'].includes(field.getAttribute('type') ?? '');
}

document.addEventListener('keydown', (event) => {
  const does = commands.get(event.key);
  if (!does || event.repeat || !isCommand(event)) return;
  event.preventDefault();
  does();
});
