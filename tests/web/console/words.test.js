// That the page says everything in every language, and what robi/web/console/js/words/index.js does.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { en } from '../../../robi/web/console/js/words/en.js';
import { es } from '../../../robi/web/console/js/words/es.js';
import {
  addWords, firstSpoken, hasWord, language, languages, localeOf, setLanguage, t,
} from '../../../robi/web/console/js/words/index.js';
import { heard } from './sockets.js';

afterEach(() => setLanguage('en'));

const holes = (word) => [...new Set(JSON.stringify(word).match(/\{\w+\}/g) ?? [])].sort();

test('every_word_is_there_in_both_languages_with_the_same_holes', () => {
  assert.deepEqual(Object.keys(es), Object.keys(en));
  for (const [key, word] of Object.entries(en)) {
    assert.deepEqual(holes(es[key]), holes(word), key);
    assert.equal(typeof es[key], typeof word, key);
  }
});

test('words_are_filled_in_and_counted', () => {
  setLanguage('es');
  assert.equal(t('people.with', { name: 'Ana' }), 'Con Ana');
  assert.equal(t('people.count', { n: 1 }), 'Recuerda 1 cosa');
  assert.equal(t('people.count', { n: 0 }), 'Recuerda 0 cosas');
  assert.equal(t('people.count', { n: 1000000 }), 'Recuerda 1000000 cosas');
});

test('word_that_there_is_not_is_a_mistake_of_ours', () => {
  assert.equal(hasWord('no.such'), false);
  assert.throws(() => t('no.such'), /no\.such/);
});

test('words_of_a_part_join_those_of_the_page_once', () => {
  const part = { es: { 'test.word': 'uno' }, en: { 'test.word': 'one' } };
  addWords(part);
  assert.equal(t('test.word'), 'one');
  assert.throws(() => addWords(part), /twice/);
});

test('change_of_the_language_is_told_once', () => {
  const changes = heard(languages, 'change');
  setLanguage('es');
  setLanguage('es');
  assert.deepEqual(changes, ['es']);
  assert.equal(language(), 'es');
});

test('first_wish_that_the_page_speaks_counts', () => {
  assert.equal(firstSpoken(['fr-FR', 'es-419', 'en']), 'es');
  assert.equal(firstSpoken(['EN-gb', 'es']), 'en');
  assert.equal(firstSpoken(['ca', 'fr']), 'en');
  assert.equal(firstSpoken([]), 'en');
});

test('country_is_that_of_the_first_wish_of_the_language', () => {
  assert.equal(localeOf('en', ['es-AR', 'en-GB', 'en-US']), 'en-GB');
  assert.equal(localeOf('es', ['es-AR', 'en-GB']), 'es-AR');
  assert.equal(localeOf('es', ['en-GB']), 'es');
});
