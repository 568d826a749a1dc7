// What robi/web/console/js/sentences.js makes of an answer that comes in pieces.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Sentences, languageOf } from '../../../robi/web/console/js/sentences.js';

const ANSWER =
  '¡Hola, Ana! ¿Qué tal? El Dr. Gómez dice que son 3.5 litros… Bueno: "no sé". Ya veremos 👩‍🚀, ' +
  'de verdad\nOtra línea sin punto';

/** A sequence of numbers below 1 that is the same each time. */
function* randoms(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

function cut(text, random) {
  const pieces = [];
  for (let at = 0; at < text.length; ) {
    const next = at + 1 + Math.floor(random.next().value * 12);
    pieces.push(text.slice(at, next));
    at = next;
  }
  return pieces;
}

function spoken(pieces, language = 'es') {
  const sentences = new Sentences(language);
  return [...pieces.flatMap((piece) => sentences.add(piece)), ...sentences.end()];
}

test('sentence_is_given_as_soon_as_the_next_one_begins', () => {
  const sentences = new Sentences('es');
  assert.deepEqual(sentences.add('Hola, Ana.'), []);
  assert.deepEqual(sentences.add(' ¿Qué'), [{ text: 'Hola, Ana. ', start: 0 }]);
  assert.deepEqual(sentences.add(' tal?'), []);
  assert.deepEqual(sentences.end(), [{ text: '¿Qué tal?', start: 11 }]);
});

test('number_split_at_its_point_stays_whole', () => {
  assert.deepEqual(spoken(['Son 3.', '5 litros. ', 'Adiós.']).map(({ text }) => text), [
    'Son 3.5 litros. ',
    'Adiós.',
  ]);
});

test('answer_without_a_full_stop_is_given_at_the_end', () => {
  assert.deepEqual(spoken(['sin ', 'punto']), [{ text: 'sin punto', start: 0 }]);
});

test('answer_that_is_empty_has_no_sentences', () => {
  assert.deepEqual(spoken([]), []);
  assert.deepEqual(spoken(['']), []);
});

test('pieces_split_anywhere_lose_and_double_nothing', () => {
  const random = randoms(6);
  const long = `${ANSWER} ${'una frase larguísima, con comas; y sin fin '.repeat(20)}${'x'.repeat(500)}👩‍🚀`;
  for (let round = 0; round < 300; round += 1) {
    const text = round % 2 ? ANSWER : long;
    let at = 0;
    for (const { text: part, start } of spoken(cut(text, random))) {
      assert.equal(start, at);
      assert.equal(part, text.slice(at, at + part.length));
      assert.ok(part.length > 0 && part.length <= 180);
      at += part.length;
    }
    assert.equal(at, text.length);
  }
});

test('sentence_too_long_is_cut_after_a_clause', () => {
  const clause = `${'palabra '.repeat(12)}fin, `;
  const parts = spoken([clause.repeat(3)]).map(({ text }) => text);
  assert.ok(parts.length > 1);
  for (const part of parts) assert.ok(part.endsWith(', '), part);
});

test('text_without_spaces_is_never_cut_within_a_character', () => {
  for (const { text } of spoken([`a${'😀'.repeat(200)}`])) assert.ok(text.isWellFormed());
});

for (const [text, language] of [
  ['Hola, ¿cómo estás?', 'es'],
  ['Me alegro mucho de verte por aquí.', 'es'],
  ['Hello! I am very happy to see you.', 'en'],
  ["It’s twelve times seven, let's see.", 'en'],
  ['Ja, natürlich.', 'de'],
  ['', 'de'],
]) {
  test(`language_of_"${text}"_is_${language}`, () => {
    assert.equal(languageOf(text, 'de'), language);
  });
}
