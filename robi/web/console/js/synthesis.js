/**
 * Speaking one text: aloud by the browser's synthesis, or silently where there is none.
 *
 * Owns what is known of a text while it is spoken: how much of it has been said, and that a browser
 * which refused to speak is left alone for a while. Both kinds look the same to `voice.js`, so that
 * subtitles, interruption and what the person is taken to have heard work without a voice too.
 */

/** How fast a text is spoken, where nothing better is known. */
export const CHARS_PER_S = 15;

/** A synthesis that has not begun by then never will; browsers do not always say so. */
const BEGINS_WITHIN_MS = 4000;
/** Nor will it end, if it takes so much longer than it should. */
const SLOWEST_CHARS_PER_S = 5;
const ENDS_LATE_MS = 5000;
/** A browser that refused is not asked again for so long: each sentence would wait for it anew. */
const REFUSED_FOR_MS = 60_000;

let refusedAt = -Infinity;

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * @typedef {object} Speech a text that is being spoken
 * @property {() => number} spokenChars how much has been said, in UTF-16 code units
 * @property {() => void} cancel fall silent at once
 * @property {Promise<'spoken'|'refused'>} done `refused`: the browser does not speak it
 */

/**
 * Where a voice of the usual pace is, never within what is read as one character.
 * @param {string} text @param {number|null} since @returns {number}
 */
function byTime(text, since) {
  if (since === null) return 0;
  const chars = Math.floor(((performance.now() - since) / 1000) * CHARS_PER_S);
  return GRAPHEMES.segment(text).containing(chars)?.index ?? text.length;
}

/**
 * Take as long over `text` as speaking it would.
 * @param {string} text
 * @returns {Speech}
 */
export function speakSilently(text) {
  const since = performance.now();
  let timer = 0;
  let finish = () => {};
  /** @type {Promise<'spoken'>} */
  const done = new Promise((resolve) => {
    finish = () => resolve('spoken');
    timer = window.setTimeout(finish, (text.length / CHARS_PER_S) * 1000);
  });
  return {
    done,
    spokenChars: () => byTime(text, since),
    cancel() {
      window.clearTimeout(timer);
      finish();
    },
  };
}

/**
 * @param {string} text
 * @param {string} language BCP 47
 * @param {SpeechSynthesisVoice|null} voice null: the browser's own choice for the language
 * @returns {Speech}
 */
export function speakAloud(text, language, voice) {
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = voice?.lang ?? language;
  utterance.voice = voice;
  /** @type {number|null} */
  let since = null;
  let atBoundary = 0;
  let timer = 0;
  /** @type {(how: 'spoken'|'refused') => void} */
  let finish = () => {};
  /** @type {Promise<'spoken'|'refused'>} */
  const done = new Promise((resolve) => {
    finish = (how) => {
      window.clearTimeout(timer);
      if (how === 'refused') refusedAt = performance.now();
      resolve(how);
    };
  });
  const giveUp = (/** @type {'spoken'|'refused'} */ how) => {
    speechSynthesis.cancel();
    finish(how);
  };
  utterance.addEventListener('start', () => {
    since = performance.now();
    window.clearTimeout(timer);
    const longest = (text.length / SLOWEST_CHARS_PER_S) * 1000 + ENDS_LATE_MS;
    timer = window.setTimeout(() => giveUp('spoken'), longest);
  });
  utterance.addEventListener('boundary', ({ charIndex }) => {
    atBoundary = Math.max(atBoundary, charIndex);
  });
  utterance.addEventListener('end', () => finish('spoken'));
  utterance.addEventListener('error', () => finish(since === null ? 'refused' : 'spoken'));
  timer = window.setTimeout(() => giveUp('refused'), BEGINS_WITHIN_MS);
  speechSynthesis.speak(utterance);
  return {
    done,
    // A voice that tells no boundaries is taken to speak at the usual pace.
    spokenChars: () => atBoundary || byTime(text, since),
    cancel: () => giveUp('spoken'),
  };
}

/** Whether there is a voice that has not refused of late. */
export function canSpeak() {
  return voices().length > 0 && performance.now() - refusedAt >= REFUSED_FOR_MS;
}

/** Forget a refusal: somebody has changed something. */
export function tryAgain() {
  refusedAt = -Infinity;
}

/** The voices of this browser; none where it cannot speak. @returns {SpeechSynthesisVoice[]} */
export function voices() {
  return 'speechSynthesis' in window ? speechSynthesis.getVoices() : [];
}
