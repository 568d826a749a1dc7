// What robi/web/console/js/turns.js makes of the messages of a session.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Turns } from '../../../robi/web/console/js/turns.js';

/** Turns, and a clock that goes on by 10 ms with each message. */
function session() {
  const turns = new Turns();
  let at = 0;
  const passage = (message) => ({ message, bytes: 1, at: (at += 10) });
  return {
    turns,
    out: (message) => turns.sent(passage(message)),
    in: (message) => turns.received(passage(message)),
  };
}

/** The messages of a whole answer. */
const answer = (request_id) => [
  { type: 'emotion', request_id, emotion: 'happy' },
  { type: 'text_chunk', request_id, text: 'Hola, ' },
  { type: 'text_chunk', request_id, text: 'Ana.' },
  { type: 'response_meta', request_id, response_text: 'Hola, Ana.', expression: {}, actions: [] },
  { type: 'stream_end', request_id, usage: { input_tokens: 9, output_tokens: 3 },
    timings: { recall_ms: 1, queue_ms: 0, model_ms: 30 } },
];

test('typed_turn_has_its_words_and_times', () => {
  const s = session();
  const turn = s.out({ type: 'text', request_id: 'r', content: 'Hola' });
  assert.equal(s.turns.current, turn);
  for (const message of answer('r')) assert.equal(s.in(message), turn);
  assert.equal(s.turns.current, null);
  const { messages, meta, ...rest } = turn;
  assert.deepEqual(rest, {
    requestId: 'r', kind: 'text', asked: 'Hola', startedAt: 10, sentAt: 10, emotionAt: 20,
    firstTextAt: 30, lastTextAt: 40, metaAt: 50, endAt: 60, emotion: 'happy', text: 'Hola, Ana.',
    capture: null, error: null, interrupted: false, spokenBefore: 0, spokenChars: null, lost: false,
    usage: { input_tokens: 9, output_tokens: 3 }, timings: { recall_ms: 1, queue_ms: 0, model_ms: 30 },
  });
  assert.equal(meta.response_text, 'Hola, Ana.');
  assert.deepEqual(messages.map(({ direction }) => direction), ['out', 'in', 'in', 'in', 'in', 'in']);
});

test('spoken_turn_begins_with_its_interaction_and_is_asked_at_its_end', () => {
  const s = session();
  s.out({ type: 'interaction_start', request_id: 'r' });
  const turn = s.out({ type: 'audio bytes' });
  s.out({ type: 'audio bytes' });
  assert.equal(s.turns.current, null, 'nothing is asked yet');
  assert.equal(s.out({ type: 'audio_end', request_id: 'r' }), turn);
  assert.equal(s.turns.current, turn);
  assert.deepEqual([turn.kind, turn.requestId, turn.startedAt, turn.sentAt], ['voice', 'r', 10, 40]);
  assert.equal(turn.messages.length, 4);
});

test('audio_end_under_an_id_of_its_own_gives_the_turn_that_id', () => {
  const s = session();
  s.out({ type: 'interaction_start', request_id: 'start' });
  const turn = s.out({ type: 'audio bytes' });
  s.out({ type: 'audio_end', request_id: 'end' });
  assert.equal(s.in({ type: 'emotion', request_id: 'end', emotion: 'happy' }), turn);
  assert.equal(s.turns.get('start'), null);
});

test('utterance_that_is_thrown_away_is_no_turn', () => {
  const s = session();
  s.out({ type: 'interaction_start', request_id: 'r' });
  s.out({ type: 'audio bytes' });
  s.out({ type: 'interaction_start', request_id: 'q' });
  assert.deepEqual(s.turns.list, []);
});

test('meeting_somebody_is_no_turn', () => {
  const s = session();
  assert.equal(s.out({ type: 'interaction_start', request_id: 'r' }), null);
  assert.deepEqual(s.turns.list, []);
});

test('audio_that_is_too_long_ends_its_turn_before_it_is_complete', () => {
  const s = session();
  s.out({ type: 'interaction_start', request_id: 'r' });
  const turn = s.out({ type: 'audio bytes' });
  s.in({ type: 'error', request_id: 'r', error_code: 'FILE_TOO_LARGE', code: 2003, message: 'm', recoverable: true });
  assert.equal(turn.endAt, 30);
  assert.deepEqual(turn.error, {
    errorCode: 'FILE_TOO_LARGE', code: 2003, message: 'm', recoverable: true, retryAfter: null,
  });
});

test('picture_that_was_asked_for_is_a_new_turn_under_the_same_id', () => {
  const s = session();
  const first = s.out({ type: 'text', request_id: 'r', content: 'Mira' });
  s.in({ type: 'capture_request', request_id: 'r', capture_type: 'photo', duration_ms: null });
  s.in({ type: 'stream_end', request_id: 'r' });
  const second = s.out({ type: 'image', request_id: 'r', text: 'esto' });
  assert.notEqual(second, first);
  assert.deepEqual(first.capture, { type: 'photo', durationMs: null });
  assert.deepEqual([second.kind, second.asked], ['image', 'esto']);
  assert.equal(s.in({ type: 'stream_end', request_id: 'r' }), second);
});

test('somebody_who_appears_may_be_greeted', () => {
  const s = session();
  assert.equal(s.out({ type: 'person_detected', request_id: 'p', known: true }), null);
  const turn = s.in({ type: 'emotion', request_id: 'p', emotion: 'greeting' });
  assert.deepEqual([turn.kind, turn.startedAt, turn.sentAt], ['greeting', 10, 10]);
});

test('reminder_is_a_turn_that_nobody_asked_for', () => {
  const s = session();
  const turn = s.in({ type: 'emotion', request_id: 'due_1', emotion: 'happy' });
  assert.deepEqual([turn.kind, turn.startedAt, turn.sentAt], ['due', 10, null]);
});

test('interruption_is_noted_with_how_much_was_spoken', () => {
  const s = session();
  const turn = s.out({ type: 'text', request_id: 'r', content: 'Hola' });
  s.in({ type: 'text_chunk', request_id: 'r', text: 'Había una vez' });
  assert.equal(s.out({ type: 'interrupt', request_id: 'r', spoken_chars: 5 }), turn);
  assert.equal(turn.interrupted, false, 'the server has not said so');
  s.in({ type: 'stream_end', request_id: 'r', interrupted: true });
  assert.deepEqual([turn.interrupted, turn.spokenChars], [true, 5]);
});

test('error_about_no_turn_begins_none', () => {
  const s = session();
  assert.equal(s.in({ type: 'error', error_code: 'WS_INVALID_MESSAGE_FORMAT', message: 'm' }), null);
  assert.equal(s.in({ type: 'error', request_id: 'q', error_code: 'X', message: 'm' }), null);
  assert.equal(s.in({ type: 'face_scan_actions', request_id: 'f', actions: [] }), null);
  assert.equal(s.in({ type: 'low_battery_alert', request_id: 'b', battery_level: 5 }), null);
  assert.deepEqual(s.turns.list, []);
});

test('session_that_is_gone_takes_its_running_turns_along', () => {
  const s = session();
  const done = s.out({ type: 'text', request_id: 'a', content: 'a' });
  s.in({ type: 'stream_end', request_id: 'a' });
  const running = s.out({ type: 'text', request_id: 'b', content: 'b' });
  assert.deepEqual(s.turns.lose(), [running]);
  assert.deepEqual([done.lost, running.lost, s.turns.current], [false, true, null]);
});

test('turns_beyond_two_hundred_push_out_the_oldest', () => {
  const s = session();
  for (let i = 0; i < 201; i += 1) s.out({ type: 'text', request_id: `r${i}`, content: 'x' });
  assert.equal(s.turns.list.length, 200);
  assert.equal(s.turns.get('r0'), null);
  assert.equal(s.turns.get('r200')?.requestId, 'r200');
});
