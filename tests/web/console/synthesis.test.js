// How robi/web/console/js/synthesis.js speaks with a browser's synthesis that is told what to do.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

import {
  canSpeak,
  speakAloud,
  speakSilently,
  tryAgain,
} from '../../../robi/web/console/js/synthesis.js';

/** What the browser was asked to speak, and whether it was told to be silent. */
let spoken;
let cancelled;

class Utterance extends EventTarget {
  constructor(text) {
    super();
    this.text = text;
  }

  happens(type, fields = {}) {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

beforeEach(() => {
  spoken = [];
  cancelled = 0;
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', () => clock);
  clock = 0;
  tryAgain();
  Object.assign(globalThis, {
    window: globalThis,
    SpeechSynthesisUtterance: Utterance,
    speechSynthesis: {
      speak: (utterance) => spoken.push(utterance),
      cancel: () => (cancelled += 1),
      getVoices: () => [{ lang: 'es-ES' }],
    },
  });
});

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

let clock = 0;

function pass(ms) {
  clock += ms;
  mock.timers.tick(ms);
}

/** The outcome, if it is known by now. */
async function outcome(speech) {
  return await Promise.race([speech.done, Promise.resolve('not yet')]);
}

const TEXT = 'Hola, ¿cómo estás?';

test('text_without_a_voice_is_said_at_fifteen_characters_a_second', async () => {
  const speech = speakSilently('x'.repeat(30));
  pass(1000);
  assert.equal(speech.spokenChars(), 15);
  assert.equal(await outcome(speech), 'not yet');
  pass(1000);
  assert.equal(speech.spokenChars(), 30);
  assert.equal(await outcome(speech), 'spoken');
});

test('text_without_a_voice_that_is_cancelled_ends_at_once', async () => {
  const speech = speakSilently(TEXT);
  speech.cancel();
  assert.equal(await outcome(speech), 'spoken');
});

test('voice_that_tells_boundaries_has_spoken_up_to_the_last_one', async () => {
  const speech = speakAloud(TEXT, 'es', null);
  const [utterance] = spoken;
  assert.equal(utterance.text, TEXT);
  assert.equal(utterance.lang, 'es');
  assert.equal(speech.spokenChars(), 0);
  utterance.happens('start');
  utterance.happens('boundary', { charIndex: 6 });
  pass(10_000);
  assert.equal(speech.spokenChars(), 6);
  utterance.happens('end');
  assert.equal(await outcome(speech), 'spoken');
});

test('voice_that_tells_none_has_spoken_by_time_since_it_began', () => {
  const speech = speakAloud(TEXT, 'es', null);
  pass(1000);
  assert.equal(speech.spokenChars(), 0);
  spoken[0].happens('start');
  pass(400);
  assert.equal(speech.spokenChars(), 6);
  pass(4000);
  assert.equal(speech.spokenChars(), TEXT.length);
});

test('voice_that_never_begins_is_refused_after_four_seconds', async () => {
  const speech = speakAloud(TEXT, 'es', null);
  pass(3999);
  assert.equal(await outcome(speech), 'not yet');
  pass(1);
  assert.equal(await outcome(speech), 'refused');
  assert.equal(cancelled, 1);
});

test('voice_that_fails_before_it_began_is_refused', async () => {
  const speech = speakAloud(TEXT, 'es', null);
  spoken[0].happens('error', { error: 'not-allowed' });
  assert.equal(await outcome(speech), 'refused');
});

test('voice_that_fails_in_the_middle_has_spoken', async () => {
  const speech = speakAloud(TEXT, 'es', null);
  spoken[0].happens('start');
  spoken[0].happens('error', { error: 'synthesis-failed' });
  assert.equal(await outcome(speech), 'spoken');
});

test('voice_that_never_ends_is_given_up', async () => {
  const speech = speakAloud(TEXT, 'es', null);
  spoken[0].happens('start');
  pass(60_000);
  assert.equal(await outcome(speech), 'spoken');
  assert.equal(cancelled, 1);
});

test('voice_that_is_cancelled_is_silent_at_once', async () => {
  const speech = speakAloud(TEXT, 'es', null);
  spoken[0].happens('start');
  speech.cancel();
  assert.equal(cancelled, 1);
  assert.equal(await outcome(speech), 'spoken');
});

test('voice_that_was_chosen_speaks_in_its_own_accent', () => {
  const voice = { lang: 'es-MX' };
  speakAloud(TEXT, 'es', voice);
  assert.equal(spoken[0].voice, voice);
  assert.equal(spoken[0].lang, 'es-MX');
});

test('what_was_said_by_time_ends_before_a_character_and_never_within_it', () => {
  // An emoji of two halves, a letter with a combining accent, and a family of eleven units.
  const family = '👨‍👩‍👧‍👦';
  const text = `12😀 camio\u0301n ${family} fin`;
  const speech = speakSilently(text);
  const ends = [0, 1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 13, 13 + family.length];
  const seen = new Set();
  for (let passed = 0; speech.spokenChars() < text.length; passed += 10) {
    seen.add(speech.spokenChars());
    pass(10);
  }
  const rest = [1, 2, 3].map((more) => 13 + family.length + more);
  assert.deepEqual([...seen], [...ends, ...rest]);
});

test('browser_that_refused_to_speak_is_left_alone_for_a_minute', async () => {
  assert.equal(canSpeak(), true);
  speakAloud(TEXT, 'es', null);
  pass(4000);
  assert.equal(canSpeak(), false);
  pass(59_999);
  assert.equal(canSpeak(), false);
  pass(1);
  assert.equal(canSpeak(), true);
});

test('browser_that_refused_to_speak_is_asked_again_when_somebody_changed_something', () => {
  speakAloud(TEXT, 'es', null);
  spoken[0].happens('error', { error: 'not-allowed' });
  assert.equal(canSpeak(), false);
  tryAgain();
  assert.equal(canSpeak(), true);
});

test('browser_without_voices_cannot_speak', () => {
  speechSynthesis.getVoices = () => [];
  assert.equal(canSpeak(), false);
});
