/**
 * The face: an emoji as large as the screen, and how it changes and lives.
 *
 * Owns which drawing is shown at each moment. An answer shows its emotion, then the emoji of its
 * `expression` one after another, then its emotion again while it is spoken; between answers the
 * face is that of the mood. How a change looks and what moves meanwhile is in style.css, by
 * `data-mood`, `data-enter` and `data-leave`.
 */

import { h, say } from './dom.js';
import { Drawings } from './drawings.js';
import { EMOTIONS, MOODS, PLAIN_FACE, faceOf } from './faces.js';
import { hasWord } from './words/index.js';

/** @typedef {import('./robot.js').Robot} Robot */
/** @typedef {'bounce' | 'fade' | 'slide'} Transition */

/** How long the face of an answer stays when all is said, in ms. */
const LINGER_MS = 3000;

/** What it may have to show without a server, the soonest first. */
const TO_KEEP = new Set([...Object.values(MOODS), PLAIN_FACE, ...Object.values(EMOTIONS).flat()]);

/** Moods in which nothing of an answer is shown. @type {readonly string[]} */
const OWN_FACE = ['listening', 'error', 'disconnected', 'searching', 'registering'];

/**
 * @param {HTMLElement} root
 * @param {Robot} robot
 */
export function mountFace(root, robot) {
  const face = new Face(root, robot);
  robot.on('state', ({ state }) => {
    if (state === 'open') face.keepDrawings();
  });
  robot.on('mood', () => face.moodChanged());
  robot.on('begin', () => face.forget());
  robot.on('hush', () => face.forget());
  robot.on('emotion', ({ emotion }) => face.feel(emotion));
  robot.on('expression', (expression) => face.express(expression));
  face.moodChanged();
}

class Face {
  #robot;
  #root;
  /** The drawing on top is the last. @type {HTMLImageElement[]} */ #layers;
  /** Of the answer; null between answers. @type {{code: string, emotion: string} | null} */ #emotion = null;
  /** One of the expression, while it is shown. @type {string | null} */ #emoji = null;
  /** The drawing that is to be shown. */ #shown = '';
  #drawings = new Drawings();
  /** @type {ReturnType<typeof setTimeout>[]} */ #timers = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #linger;

  /** @param {HTMLElement} root @param {Robot} robot */
  constructor(root, robot) {
    this.#robot = robot;
    this.#root = root;
    this.#layers = [0, 1].map(() => h('img', { class: 'face-drawing', alt: '', draggable: 'false' }));
    root.setAttribute('role', 'img');
    root.append(...this.#layers);
  }

  /** There is a server: have the drawings that will be needed when there is none. */
  keepDrawings() {
    this.#drawings.keep(TO_KEEP).catch(reportError);
  }

  moodChanged() {
    const { mood } = this.#robot;
    this.#root.dataset.mood = mood;
    clearTimeout(this.#linger);
    if (mood === 'idle' && this.#emotion) this.#lingerOn();
    this.#draw('fade');
  }

  /** The answer is over, or another one begins. */
  forget() {
    this.#stopSequence();
    this.#emotion = null;
    this.#draw('fade');
  }

  /** @param {string} emotion */
  feel(emotion) {
    this.#emotion = { code: faceOf(emotion), emotion };
    this.#draw('bounce');
  }

  /** @param {import('./events.js').Expression} expression */
  express({ emojis, durationMs, transition }) {
    this.#stopSequence();
    this.#timers = emojis.map((code, at) =>
      setTimeout(() => {
        this.#emoji = code;
        this.#draw(transition);
      }, at * durationMs),
    );
    const rest = setTimeout(() => {
      this.#stopSequence();
      this.moodChanged();
    }, emojis.length * durationMs);
    this.#timers.push(rest);
  }

  #stopSequence() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#emoji = null;
  }

  #lingerOn() {
    if (this.#timers.length) return; // the expression goes on, and lingers after it
    this.#linger = setTimeout(() => this.forget(), LINGER_MS);
  }

  /** Show what is to be shown now. @param {Transition} transition */
  #draw(transition) {
    const { mood } = this.#robot;
    const own = MOODS[mood === 'speaking' ? 'idle' : mood];
    const answers = this.#emotion !== null && !OWN_FACE.includes(mood);
    const code = (answers && (this.#emoji ?? this.#emotion?.code)) || own;
    const emotion = `face.${this.#emotion?.emotion}`;
    say(this.#root, answers && hasWord(emotion) ? emotion : `mood.${mood}`, 'aria-label');
    this.#change(code, transition).catch(reportError);
  }

  /** @param {string} code @param {Transition} transition */
  async #change(code, transition) {
    if (code === this.#shown) return;
    this.#shown = code;
    const [next, last] = /** @type {[HTMLImageElement, HTMLImageElement]} */ (this.#layers);
    next.removeAttribute('data-enter');
    let isThere = await this.#isDrawn(next, code);
    if (!isThere && this.#shown === code) isThere = await this.#isDrawn(next, PLAIN_FACE);
    if (this.#shown !== code || this.#layers[0] !== next) return; // another one came meanwhile
    if (!isThere) {
      this.#shown = ''; // what was shown stays, and the next change tries again
      return;
    }
    this.#layers = [last, next];
    next.dataset.enter = transition;
    next.removeAttribute('data-leave');
    next.dataset.code = code;
    last.removeAttribute('data-enter');
    last.dataset.leave = transition;
  }

  /** Draw `code` on `image`. @param {HTMLImageElement} image @param {string} code @returns {Promise<boolean>} whether it can be shown */
  async #isDrawn(image, code) {
    image.src = this.#drawings.at(code);
    try {
      await image.decode();
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // EncodingError: no such drawing, or no network
      return false;
    }
  }
}
