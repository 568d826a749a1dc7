/**
 * Words: those that are typed, and those of the answer under the face.
 *
 * Owns the field to type in and the subtitles. What was spoken already is bright, what is still to
 * be spoken dim, and the lines follow the voice. A screen reader is told the answer once, when all of
 * it is there: told piece by piece it would be read in pieces, over the robot's own voice.
 */

import { h, say } from './dom.js';
import { onKey } from './keys.js';
import { MAX_CHARS } from './robot.js';

/** @typedef {import('./robot.js').Robot} Robot */
/** @typedef {import('./mood.js').Mood} Mood */

/** How often the subtitles look how far the voice has come, in ms. */
const FOLLOW_MS = 120;

/**
 * The field to type in. `/` goes there.
 *
 * @param {HTMLElement} root
 * @param {Robot} robot
 */
export function mountTyping(root, robot) {
  const field = h('input', {
    id: 'words',
    type: 'text',
    autocomplete: 'off',
    enterkeyhint: 'send',
    maxlength: MAX_CHARS,
    words: { 'aria-label': 'talk.field', placeholder: 'talk.hint' },
  });
  const send = h('button', { id: 'send', class: 'primary', word: 'talk.send' });
  const form = h('form', { id: 'typing', autocomplete: 'off' }, field, send);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (robot.say(field.value)) field.value = '';
  });
  onKey('/', () => field.focus());
  root.append(form);
}

/**
 * What the robot is doing, in a word, and a button that stops it. `Esc` and a click on the face do
 * the same.
 *
 * @param {HTMLElement} root
 * @param {HTMLElement} face
 * @param {Robot} robot
 */
export function mountMood(root, face, robot) {
  const word = h('span', { role: 'status' });
  const stop = h('button', {
    id: 'stop',
    type: 'button',
    word: 'talk.stop',
    onclick: () => robot.interrupt(),
  });
  root.append(word, stop);
  /** @param {Mood} mood */
  const show = (mood) => {
    stop.hidden = mood !== 'thinking' && mood !== 'speaking';
    word.hidden = mood === 'idle' || mood === 'speaking'; // that is seen and heard
    say(word, `mood.${mood}`);
  };
  robot.on('mood', show);
  show(robot.mood);
  onKey('Escape', () => robot.interrupt());
  face.addEventListener('click', () => robot.interrupt());
}

/**
 * @param {HTMLElement} root
 * @param {Robot} robot
 */
export function mountSubtitles(root, robot) {
  const asked = h('p', { id: 'asked' });
  const spoken = h('span', { class: 'spoken' });
  const unspoken = h('span', { class: 'unspoken' });
  const lines = h('p', { id: 'subtitles' }, spoken, unspoken);
  const shown = h('div', { class: 'lines', 'aria-hidden': 'true' }, asked, lines);
  const told = h('p', { id: 'answer', class: 'for-readers', 'aria-live': 'polite' });
  root.append(shown, told);

  let text = '';
  /** @param {number} spokenChars */
  const write = (spokenChars) => {
    spoken.textContent = text.slice(0, spokenChars);
    unspoken.textContent = text.slice(spokenChars);
    const end = spoken.getBoundingClientRect().bottom - shown.getBoundingClientRect().top;
    shown.scrollTop += end - shown.clientHeight * 0.6;
  };
  const follow = () => write(robot.spokenSoFar() ?? text.length);

  /** @param {string} question */
  const beginAnew = (question) => {
    text = '';
    write(0);
    asked.textContent = question;
  };

  robot.on('unsent', (utterance) => beginAnew(utterance.text));
  robot.on('begin', ({ turn }) => beginAnew(turn.asked ?? ''));
  robot.on('said', (piece) => {
    text += piece.text;
    asked.textContent = '';
    follow();
  });
  robot.on('end', () => {
    told.textContent = text;
  });
  robot.on('trouble', ({ message }) => {
    text = message;
    asked.textContent = '';
    write(text.length);
    told.textContent = text;
  });
  robot.on('hush', ({ spokenChars }) => {
    if (spokenChars !== null) text = text.slice(0, spokenChars);
    write(text.length);
  });
  robot.on('mood', follow);
  setInterval(() => robot.speaking && follow(), FOLLOW_MS);
}
