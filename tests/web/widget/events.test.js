// How robi/web/widget/chat.js reads server-sent events.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EventReader } from '../../../robi/web/widget/chat.js';

const STREAM =
  'retry: 500\n\n: hello\n\nid: chat_a/1\nevent: emotion\ndata: {"emotion":"happy"}\n\n' +
  'id: chat_a/2\nevent: text_chunk\ndata: {"text":\ndata:  "¿Qué 👩‍🚀?"}\n\nid:chat_a/3\nevent:stream_end\ndata:{}\n\n';
const EVENTS = [
  { id: 'chat_a/1', type: 'emotion', data: '{"emotion":"happy"}' },
  { id: 'chat_a/2', type: 'text_chunk', data: '{"text":\n "¿Qué 👩‍🚀?"}' },
  { id: 'chat_a/3', type: 'stream_end', data: '{}' },
];

function read(...pieces) {
  const reader = new EventReader();
  return pieces.flatMap((piece) => reader.read(piece));
}

for (const [name, end] of [['lf', '\n'], ['cr', '\r'], ['crlf', '\r\n']]) {
  const stream = STREAM.replaceAll('\n', end);

  test(`stream_of_${name}_cut_at_any_place_is_the_same`, () => {
    for (let at = 0; at <= stream.length; at++) {
      assert.deepEqual(read(stream.slice(0, at), stream.slice(at)), EVENTS, `cut at ${at}`);
    }
  });

  test(`stream_of_${name}_cut_at_every_place_is_the_same`, () => {
    assert.deepEqual(read(...stream.split('')), EVENTS);
  });
}

test('event_without_its_empty_line_is_none', () => {
  assert.deepEqual(read('id: a/1\ndata: {}\n'), []);
});

test('event_without_data_is_none_and_its_type_is_not_of_the_next', () => {
  assert.deepEqual(read('event: emotion\n\ndata: x\n\n'), [{ id: '', type: 'message', data: 'x' }]);
});

test('event_without_id_has_that_of_the_last', () => {
  assert.deepEqual(read('id: a/1\ndata: x\n\ndata: y\n\n').map(({ id }) => id), ['a/1', 'a/1']);
});

test('id_with_nul_is_ignored', () => {
  assert.deepEqual(read('id: a/1\nid: b\0/2\ndata: x\n\n').map(({ id }) => id), ['a/1']);
});

test('retry_that_is_no_number_is_ignored', () => {
  const reader = new EventReader();
  reader.read('retry: 250\nretry: soon\n\n');
  assert.equal(reader.retry, 250);
});

test('field_without_colon_has_an_empty_value', () => {
  assert.deepEqual(read('data\ndata: x\nunknown: y\n\n'), [{ id: '', type: 'message', data: '\nx' }]);
});

test('id_without_an_event_is_where_the_stream_stands', () => {
  const reader = new EventReader();
  assert.deepEqual(reader.read('id: a/question\n'), []);
  assert.equal(reader.lastId, '');
  assert.deepEqual(reader.read('\n'), []);
  assert.equal(reader.lastId, 'a/question');
});
