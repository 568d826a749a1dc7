// That robi/web/console/js/faces.js shows what docs/protocol.md §3, *Emotions*, says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { EMOTIONS, MOODS, PLAIN_FACE, drawing, faceOf } from '../../../robi/web/console/js/faces.js';
import { en } from '../../../robi/web/console/js/words/en.js';

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

test('emotions_are_those_of_the_protocol', () => {
  const line = page.split('\n').find((text) => text.startsWith('happy 1F600'));
  const groups = line.split(' · ').map((group) => group.split(' '));
  assert.deepEqual(EMOTIONS, Object.fromEntries(groups.map(([name, ...codes]) => [name, codes])));
});

test('moods_are_the_states_that_the_protocol_lets_a_phone_show', () => {
  const line = page.split('\n').find((text) => text.startsWith('States the phone shows'));
  const states = [...line.matchAll(/([A-Z]+) ([0-9A-F]{4,5})/g)];
  assert.deepEqual(MOODS, Object.fromEntries(states.map(([, name, code]) => [name.toLowerCase(), code])));
});

test('every_emotion_and_mood_has_a_word_for_who_does_not_see_it', () => {
  for (const name of Object.keys(EMOTIONS)) assert.ok(`face.${name}` in en, name);
  for (const name of [...Object.keys(MOODS), 'speaking']) assert.ok(`mood.${name}` in en, name);
});

test('face_is_one_of_its_group', () => {
  assert.equal(faceOf('sad', () => 0), '1F622');
  assert.equal(faceOf('sad', () => 0.999), '1F62D');
  assert.equal(faceOf('no such emotion', () => 0), PLAIN_FACE);
});

test('drawing_is_asked_for_by_its_code_and_nothing_else', () => {
  assert.equal(drawing('2764-FE0F'), '/emoji/2764-FE0F.svg');
  assert.equal(drawing('../x'), '/emoji/..%2Fx.svg');
});
