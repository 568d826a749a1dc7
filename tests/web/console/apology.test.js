// In whose words robi/web/console/js/apology.js tells of an error.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';

import { apology } from '../../../robi/web/console/js/apology.js';
import { en } from '../../../robi/web/console/js/words/en.js';
import { setLanguage } from '../../../robi/web/console/js/words/index.js';

afterEach(() => setLanguage('en'));

const DAY_USED_UP = 'Hoy ya he pensado todo lo que podía. Mañana seguimos hablando.';

test('words_of_the_server_are_taken_where_they_are_in_the_language_of_the_page', () => {
  setLanguage('es');
  assert.equal(apology('GEMINI_RATE_LIMIT_EXCEEDED', DAY_USED_UP), DAY_USED_UP);
});

test('words_of_the_server_in_another_language_are_put_in_that_of_the_page', () => {
  assert.match(apology('GEMINI_RATE_LIMIT_EXCEEDED', DAY_USED_UP), /need a rest/);
  setLanguage('es');
  assert.equal(apology('GEMINI_BLOCKED', 'I cannot talk about that.'), 'De eso no puedo hablar. ¿Probamos con otra cosa?');
});

test('error_that_the_page_has_no_words_for_is_told_in_those_of_the_server', () => {
  assert.equal(apology('SOMETHING_NEW', DAY_USED_UP), DAY_USED_UP);
});

test('errors_that_have_words_are_errors_of_the_server', () => {
  const known = readFileSync(new URL('../../../robi/errors.py', import.meta.url), 'utf-8');
  const named = Object.keys(en).filter((key) => key.startsWith('error.'));
  assert.ok(named.length > 0);
  for (const key of named) {
    assert.ok(known.includes(`error_code = "${key.slice('error.'.length)}"`), key);
  }
});
