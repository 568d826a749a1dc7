import assert from 'node:assert/strict';
import { test } from 'node:test';

import { en } from '../../../robi/web/console/js/words/panel.en.js';
import { es } from '../../../robi/web/console/js/words/panel.es.js';

/** @param {import('../../../robi/web/console/js/words/index.js').Word | undefined} word */
const holes = (word) => [...new Set(JSON.stringify(word).match(/\{\w+\}/g) ?? [])].sort();

test('every_word_of_the_panel_is_there_in_both_languages_with_the_same_holes', () => {
  assert.deepEqual(Object.keys(es), Object.keys(en));
  for (const [key, word] of Object.entries(en)) {
    assert.deepEqual(holes(es[key]), holes(word), key);
    assert.equal(typeof es[key], typeof word, key);
  }
});
