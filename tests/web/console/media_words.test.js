// That ears, voice, eyes and body say everything in every language.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { en } from '../../../robi/web/console/js/words/media.en.js';
import { es } from '../../../robi/web/console/js/words/media.es.js';

const holes = (word) => [...new Set(word.match(/\{\w+\}/g))].sort();

test('every_word_is_there_in_both_languages_with_the_same_holes', () => {
  assert.deepEqual(Object.keys(es), Object.keys(en));
  for (const [key, word] of Object.entries(en)) assert.deepEqual(holes(es[key]), holes(word), key);
});

test('no_word_is_left_in_the_other_language', () => {
  const same = Object.keys(en).filter((key) => en[key] === es[key] && !/^[^a-z]*$|\{/i.test(en[key]));
  assert.deepEqual(same, ['eyes.no']);
});
