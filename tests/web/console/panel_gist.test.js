import assert from 'node:assert/strict';
import { test } from 'node:test';

import { gist } from '../../../robi/web/console/js/panel/gist.js';

test('gist_is_the_most_telling_field', () => {
  assert.equal(gist({ type: 'text_chunk', text: ' mundo' }), ' mundo');
  assert.equal(
    gist({ type: 'error', error_code: 'SERVER_BUSY', message: 'Ahora no' }),
    'SERVER_BUSY',
  );
  assert.equal(
    gist({ type: 'stream_end', processing_time_ms: 12, interrupted: true }),
    '12 ms · interrupted',
  );
  assert.equal(gist({ type: 'audio_end', request_id: 'r1' }), '');
});

test('gist_of_how_the_link_fares_has_all_the_circumstances', () => {
  assert.equal(
    gist({ type: 'waiting', retryInMs: 900, closeCode: 1006, errorCode: undefined }),
    'closed with 1006 · again in 900 ms',
  );
  assert.equal(gist({ type: 'auth_ok', session_id: 's1', resumed: true }), 's1 · resumed');
  assert.equal(gist({ type: 'gap', expected: 4, got: 7 }), 'expected 4 · got 7');
});
