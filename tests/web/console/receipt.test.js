// What robi/web/console/js/receipt.js tells of a receipt of forgetting.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { receiptLines } from '../../../robi/web/console/js/receipt.js';
import { hasWord } from '../../../robi/web/console/js/words/index.js';

test('receipt_begins_with_the_person_and_leaves_out_where_nothing_was', () => {
  assert.deepEqual(receiptLines({ sessions: 1, history: 24, faces: 0, people: 1 }), [
    ['receipt.people', { n: 1 }],
    ['receipt.history', { n: 24 }],
    ['receipt.sessions', { n: 1 }],
  ]);
});

test('place_of_a_newer_server_is_told_by_its_name', () => {
  assert.deepEqual(receiptLines({ dreams: 2 }), [['receipt.other', { n: 2, place: 'dreams' }]]);
});

test('every_place_of_the_documented_receipt_has_words', () => {
  const page = readFileSync(new URL('../../../docs/rest.md', import.meta.url), 'utf8');
  const receipt = JSON.parse(page.match(/\{"people": 1,[^}]*\}/)[0]);
  for (const place of Object.keys(receipt)) assert.ok(hasWord(`receipt.${place}`), place);
});
