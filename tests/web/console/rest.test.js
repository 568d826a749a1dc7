// What robi/web/console/js/rest.js can say to the server.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isSayable } from '../../../robi/web/console/js/rest.js';

test('key_is_sayable_exactly_where_a_header_can_hold_it', () => {
  for (const key of ['', 'abc-123', 'clave con ñ', 'ключ', '鍵', 'a\nb', 'a\u0000', '🔑', '“abc”']) {
    let held = true;
    try {
      new Headers({ 'X-API-Key': key });
    } catch {
      held = false;
    }
    assert.equal(isSayable(key), held, key);
  }
});
