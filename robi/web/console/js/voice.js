/**
 * The robot's voice: answers are spoken sentence by sentence while they come.
 *
 * Owns what is still to be spoken, what was spoken of the answer of the moment
 * (`robot.spokenSoFar`), which voice speaks, and the switch that silences it. Sentences are cut in
 * `sentences.js`, and one is spoken in `synthesis.js`.
 */

import { h, say } from './dom.js';
import { Sentences, languageOf } from './sentences.js';
import { keep, kept } from './settings.js';
import { canSpeak, speakAloud, speakSilently, tryAgain, voices } from './synthesis.js';
import { LANGUAGES, language, languages } from './words/index.js';
import './words/media.js';

/** @typedef {import('./robot.js').Robot} Robot */
/** @typedef {import('./turns.js').Turn} Turn */
/** @typedef {import('./words/index.js').Language} Language */

/**
 * @typedef {object} Line something to be spoken
 * @property {string} text
 * @property {number} start where it begins in its answer
 * @property {Turn|null} turn the answer that it belongs to; null: it is of no answer
 * @property {boolean} partOfAnswer an apology is none: nothing of it is remembered as said
 */

/**
 * @param {HTMLElement} root
 * @param {Robot} robot
 */
export function mountVoice(root, robot) {
  return new Voice(root, robot);
}

class Voice {
  /** @type {Line[]} */
  #lines = [];
  /** What is being spoken. @type {{line: Line, speech: import('./synthesis.js').Speech}|null} */
  #now = null;
  /**
   * The answer that comes, or came last; `over`: no more of it will come.
   * @type {{turn: Turn, sentences: Sentences, text: string, over: boolean}|null}
   */
  #answer = null;
  #muted = kept('muted') === 'yes';

  /** @param {HTMLElement} root @param {Robot} robot */
  constructor(root, robot) {
    this.robot = robot;
    robot.spokenSoFar = () => this.spokenSoFar();
    robot.on('begin', ({ turn }) => this.#begin(turn));
    robot.on('said', ({ turn, text }) => this.#hear(turn, text));
    robot.on('end', ({ turn }) => this.#end(turn));
    robot.on('trouble', ({ turn, message }) => {
      this.#end(turn);
      this.#queue({ text: message, start: turn?.text.length ?? 0, turn, partOfAnswer: false });
    });
    robot.on('hush', () => this.hush());
    this.mute = h('button', {
      type: 'button',
      class: 'voice-mute',
      'aria-pressed': String(this.#muted),
      word: 'voice.mute',
      words: { title: 'voice.mute.title' },
      onclick: () => this.setMuted(!this.#muted),
    });
    this.chooser = h('div', { class: 'voice-chooser' });
    root.classList.add('voice');
    root.append(this.mute, this.chooser);
    this.#offerVoices();
    languages.on('change', () => this.#offerVoices());
    if ('speechSynthesis' in window) {
      speechSynthesis.addEventListener('voiceschanged', () => this.#offerVoices());
      robot.on('wake', unlock);
      // A browser goes on speaking for a page that has gone.
      window.addEventListener('pagehide', () => this.hush());
    }
  }

  /**
   * How much of the answer of the moment was spoken, in UTF-16 code units.
   * @returns {number|null} null while nothing is to be spoken
   */
  spokenSoFar() {
    const answer = this.#answer;
    // While an answer comes, what is no whole sentence yet waits for the rest, and was not spoken.
    if (!this.#now) return answer && !answer.over ? answer.sentences.given : null;
    const { line, speech } = this.#now;
    // An earlier answer is still being spoken: of this one nobody has heard a word.
    if (line.turn !== (answer?.turn ?? null)) return 0;
    return line.start + (line.partOfAnswer ? speech.spokenChars() : 0);
  }

  /** Fall silent, and forget what was still to be spoken. */
  hush() {
    this.#lines = [];
    this.#answer = null;
    this.#now?.speech.cancel();
    this.#now = null;
    this.robot.speaking = false;
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    this.#muted = muted;
    keep('muted', muted ? 'yes' : null);
    this.mute.setAttribute('aria-pressed', String(muted));
    tryAgain();
    if (!this.#now) return;
    // What is being spoken goes on in the other way, from the last word.
    const { line, speech } = this.#now;
    const from = line.text.lastIndexOf(' ', speech.spokenChars()) + 1;
    this.#now = null;
    speech.cancel();
    this.#lines.unshift({ ...line, text: line.text.slice(from), start: line.start + from });
    this.#speakNext();
  }

  /** @param {Turn} turn */
  #begin(turn) {
    this.#answer = { turn, sentences: new Sentences(language()), text: '', over: false };
  }

  /** @param {Turn} turn @param {string} text */
  #hear(turn, text) {
    if (this.#answer?.turn !== turn) this.#begin(turn);
    const answer = this.#answer;
    if (!answer) return;
    answer.text += text;
    for (const sentence of answer.sentences.add(text)) {
      this.#queue({ ...sentence, turn, partOfAnswer: true });
    }
  }

  /** @param {Turn|null} turn */
  #end(turn) {
    if (!turn || this.#answer?.turn !== turn) return;
    this.#answer.over = true;
    for (const sentence of this.#answer.sentences.end()) {
      this.#queue({ ...sentence, turn, partOfAnswer: true });
    }
  }

  /** @param {Line} line */
  #queue(line) {
    this.#lines.push(line);
    if (!this.#now) this.#speakNext();
  }

  #speakNext() {
    const line = this.#lines.shift();
    if (!line) {
      this.robot.speaking = false;
      return;
    }
    this.#speak(line, this.#muted || !canSpeak());
  }

  /** @param {Line} line @param {boolean} silently */
  #speak(line, silently) {
    const speech = silently ? speakSilently(line.text) : this.#aloud(line);
    const now = { line, speech };
    this.#now = now;
    this.robot.speaking = true;
    void speech.done.then((how) => {
      if (this.#now !== now) return; // hushed, or begun again
      this.#now = null;
      if (how === 'refused') this.#speak(line, true);
      else this.#speakNext();
    });
  }

  /** @param {Line} line */
  #aloud(line) {
    // A short sentence alone may not tell its language: all of the answer so far does.
    const context = line.partOfAnswer && this.#answer?.turn === line.turn ? this.#answer.text : '';
    const spokenIn = languageOf(line.text, languageOf(context, language()));
    return speakAloud(line.text, spokenIn, voiceFor(spokenIn));
  }

  /** One list of voices a language: the robot may be answered in either. */
  #offerVoices() {
    const lists = LANGUAGES.map((code) => {
      const known = voicesOf(code);
      return known.length > 0 ? this.#listOfVoices(code, known) : null;
    });
    this.chooser.replaceChildren(...lists.filter((list) => list !== null));
    if (voices().length > 0) return;
    const none = h('p', { class: 'voice-none' });
    say(none, 'voice.none');
    this.chooser.append(none);
  }

  /** @param {Language} code @param {SpeechSynthesisVoice[]} known */
  #listOfVoices(code, known) {
    const chosen = voiceFor(code);
    const select = h(
      'select',
      {
        onchange: () => {
          keep(`voice.${code}`, select.value);
          tryAgain();
        },
      },
      ...known.map((voice) =>
        h('option', { value: voice.voiceURI, selected: voice === chosen }, `${voice.name} (${voice.lang})`),
      ),
    );
    return h('label', { class: 'voice-choice' }, h('span', { word: `voice.choose.${code}` }), select);
  }
}

/** @param {string} code @returns {SpeechSynthesisVoice[]} those that speak this language */
function voicesOf(code) {
  return voices().filter(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === code);
}

/**
 * The voice that was chosen for a language, else the one that the browser would take.
 * @param {string} code
 * @returns {SpeechSynthesisVoice|null}
 */
function voiceFor(code) {
  const known = voicesOf(code);
  const wished = kept(`voice.${code}`);
  return (
    known.find(({ voiceURI }) => voiceURI === wished) ??
    known.find(({ lang }) => navigator.languages.includes(lang.replace('_', '-'))) ??
    known.find((voice) => voice.default) ??
    known[0] ??
    null
  );
}

/** Phones speak only after something was spoken in a gesture; an empty text will do. */
function unlock() {
  speechSynthesis.speak(new SpeechSynthesisUtterance(''));
}
