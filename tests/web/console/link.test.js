// How robi/web/console/js/link.js keeps a link (protocol.md §1, §5).

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

import { Link, outline } from '../../../robi/web/console/js/link.js';
import { fakeServer, heard } from './sockets.js';


beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

function started(more = {}) {
  const { sockets, options } = fakeServer(more);
  const link = new Link(options);
  const states = heard(link, 'state');
  const messages = heard(link, 'message');
  link.start();
  return { link, sockets, states, messages };
}

const chunk = (seq, text = 'x') => ({ type: 'text_chunk', request_id: 'r', text, seq });
const textsOf = (messages) =>
  messages.flatMap(({ message }) => (message.type === 'text_chunk' ? [message.text] : []));

test('link_that_opens_says_key_device_and_features_and_waits_for_auth_ok', () => {
  const { link, sockets } = started({ features: ['timings'] });
  assert.equal(link.state, 'connecting');
  sockets[0].opens();
  assert.deepEqual(sockets[0].sent, [
    { type: 'auth', api_key: 'k', device_id: 'd', features: ['timings'] },
  ]);
  assert.equal(link.state, 'connecting');
  sockets[0].says({ type: 'auth_ok', session_id: 's', resumed: false });
  assert.equal(link.state, 'open');
  assert.equal(link.sessionId, 's');
});

test('what_is_told_of_an_auth_does_not_hold_the_key', () => {
  const { options, sockets } = fakeServer();
  const link = new Link(options);
  const sent = heard(link, 'sent');
  link.start();
  sockets[0].opens();
  assert.equal(sent[0].message.api_key, '…');
});

test('link_that_is_lost_comes_back_with_its_place', () => {
  const { link, sockets, states } = started();
  sockets[0].greets('s');
  sockets[0].says(chunk(1));
  sockets[0].says(chunk(2));
  sockets[0].ends(1006);
  assert.deepEqual(states.at(-1), { state: 'waiting', retryInMs: 1000, closeCode: 1006, errorCode: undefined });
  mock.timers.tick(1000);
  sockets[1].opens();
  assert.equal(sockets[1].sent[0].session_id, 's');
  assert.equal(sockets[1].sent[0].last_seq, 2);
  assert.equal(link.state, 'connecting');
});

test('message_that_comes_again_is_dropped_and_one_that_is_missing_is_told', () => {
  const { link, sockets, messages } = started();
  const gaps = heard(link, 'gap');
  sockets[0].greets('s');
  sockets[0].says(chunk(1, 'a'));
  sockets[0].says(chunk(1, 'a'));
  sockets[0].says(chunk(2, 'b'));
  sockets[0].says(chunk(5, 'e'));
  assert.deepEqual(textsOf(messages), ['a', 'b', 'e']);
  assert.deepEqual(gaps, [{ expected: 3, got: 5 }]);
  assert.equal(link.lastSeq, 5);
});

test('session_that_was_not_resumed_goes_on_at_any_number', () => {
  const { link, sockets, messages } = started({ resume: { sessionId: 's', lastSeq: 7 } });
  const gaps = heard(link, 'gap');
  sockets[0].greets('s', false);
  sockets[0].says(chunk(20, 'a'));
  sockets[0].says(chunk(21, 'b'));
  assert.deepEqual(textsOf(messages), ['a', 'b']);
  assert.deepEqual(gaps, []);
});

test('another_session_begins_at_one', () => {
  const { link, sockets, messages } = started({ resume: { sessionId: 's', lastSeq: 7 } });
  sockets[0].greets('t', false);
  assert.equal(link.lastSeq, 0);
  sockets[0].says(chunk(1, 'a'));
  assert.deepEqual(textsOf(messages), ['a']);
});

test('pauses_double_up_to_half_a_minute_and_begin_anew_after_auth_ok', () => {
  const { sockets, states } = started();
  const pauses = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    sockets.at(-1).ends(1006);
    pauses.push(states.at(-1).retryInMs);
    mock.timers.tick(states.at(-1).retryInMs);
  }
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  sockets.at(-1).greets('s');
  sockets.at(-1).ends(1012);
  assert.equal(states.at(-1).retryInMs, 1000);
});

test('jitter_shortens_a_pause_by_less_than_a_third', () => {
  const { sockets, states } = started({ random: () => 0.999 });
  sockets[0].ends(1006);
  assert.ok(states.at(-1).retryInMs >= 700 && states.at(-1).retryInMs < 1000);
});

test('server_that_is_full_is_left_alone_for_as_long_as_it_asks', () => {
  const { sockets, states } = started();
  sockets[0].opens();
  sockets[0].says({ type: 'error', error_code: 'SERVER_BUSY', retry_after: 9, message: '' });
  sockets[0].ends(1013);
  assert.deepEqual(states.at(-1), {
    state: 'waiting', retryInMs: 9000, closeCode: 1013, errorCode: 'SERVER_BUSY',
  });
});

test('wrong_key_is_refused_and_not_tried_again', () => {
  const { link, sockets, states } = started();
  sockets[0].opens();
  sockets[0].says({ type: 'error', error_code: 'API_KEY_INVALID', message: '' });
  sockets[0].ends(1008);
  assert.deepEqual(states.at(-1), {
    state: 'refused', closeCode: 1008, errorCode: 'API_KEY_INVALID',
  });
  mock.timers.tick(60000);
  link.hurry();
  assert.equal(sockets.length, 1);
});

test('key_that_is_revoked_while_the_link_is_open_is_refused_and_not_tried_again', () => {
  const { sockets, states } = started();
  sockets[0].greets('s');
  sockets[0].says({ type: 'error', error_code: 'API_KEY_INVALID', message: '' });
  sockets[0].ends(1008);
  assert.deepEqual(states.at(-1), {
    state: 'refused', closeCode: 1008, errorCode: 'API_KEY_INVALID',
  });
  mock.timers.tick(60000);
  assert.equal(sockets.length, 1);
});

test('auth_that_came_too_late_is_tried_again', () => {
  const { sockets, states } = started();
  sockets[0].opens();
  sockets[0].says({ type: 'error', error_code: 'WS_AUTH_FAILED', message: '' });
  sockets[0].ends(1008);
  assert.equal(states.at(-1).state, 'waiting');
});

test('address_of_which_too_many_wrong_keys_came_waits_as_long_as_it_is_told', () => {
  const { sockets, states } = started();
  sockets[0].opens();
  sockets[0].says({
    type: 'error', error_code: 'RATE_LIMIT_EXCEEDED', message: '', retry_after: 15,
  });
  sockets[0].ends(1008);
  assert.deepEqual([states.at(-1).state, states.at(-1).retryInMs], ['waiting', 15000]);
});

test('place_that_was_taken_over_is_not_fought_for_until_it_is_started_again', () => {
  const { link, sockets, states } = started();
  sockets[0].greets('s');
  sockets[0].ends(4409);
  assert.equal(states.at(-1).state, 'refused');
  mock.timers.tick(60000);
  assert.equal(sockets.length, 1);
  link.start();
  assert.equal(sockets.length, 2);
});

test('hurry_ends_the_pause', () => {
  const { link, sockets } = started();
  sockets[0].ends(1006);
  link.hurry();
  assert.equal(sockets.length, 2);
  link.hurry();
  mock.timers.tick(1000); // the end of the pause that there was
  assert.equal(sockets.length, 2);
});

test('socket_that_brings_no_auth_ok_is_given_up', () => {
  const { sockets, states } = started();
  sockets[0].opens();
  mock.timers.tick(15000);
  assert.equal(sockets[0].closedWith, 4000);
  assert.equal(states.at(-1).state, 'waiting');
});

test('killed_link_hears_nothing_more_of_its_socket_and_comes_back', () => {
  const { link, sockets, messages } = started();
  sockets[0].greets('s');
  sockets[0].says(chunk(1, 'a'));
  link.kill();
  sockets[0].says(chunk(2, 'b'));
  sockets[0].ends(4000);
  assert.equal(link.state, 'waiting');
  mock.timers.tick(1000);
  sockets[1].greets('s', true);
  sockets[1].says(chunk(2, 'b'));
  assert.equal(sockets[1].sent[0].last_seq, 1);
  assert.deepEqual(textsOf(messages), ['a', 'b']);
});

test('frozen_link_reads_and_sends_nothing_until_it_is_thawed_and_keeps_the_order', () => {
  const { link, sockets, messages } = started();
  sockets[0].greets('s');
  link.freeze(true);
  sockets[0].says(chunk(1, 'a'));
  assert.equal(link.send({ type: 'text', request_id: 'q', content: 'hi' }), true);
  sockets[0].says(chunk(2, 'b'));
  assert.deepEqual(textsOf(messages), []);
  assert.deepEqual(sockets[0].typesSent(), ['auth']);
  link.freeze(false);
  assert.deepEqual(textsOf(messages), ['a', 'b']);
  assert.deepEqual(sockets[0].typesSent(), ['auth', 'text']);
});

test('what_was_said_to_a_frozen_link_that_is_killed_is_not_sent_over_the_next_one', () => {
  const { link, sockets } = started();
  sockets[0].greets('s');
  link.freeze(true);
  link.send({ type: 'text', request_id: 'q', content: 'hi' });
  link.kill();
  link.freeze(false);
  mock.timers.tick(1000);
  sockets[1].greets('s', true);
  assert.deepEqual(sockets[1].typesSent(), ['auth']);
});

test('message_without_an_open_link_is_not_sent', () => {
  const { link, sockets } = started();
  assert.equal(link.send({ type: 'text', request_id: 'q', content: 'hi' }), false);
  assert.equal(link.sendBytes(new ArrayBuffer(3)), false);
  assert.deepEqual(sockets[0].sent, []);
});

test('stopped_link_says_goodbye_for_good_and_stays_away', () => {
  const { link, sockets } = started();
  sockets[0].greets('s');
  link.stop();
  sockets[0].ends(1000);
  mock.timers.tick(60000);
  assert.equal(sockets[0].closedWith, 1000);
  assert.equal(link.state, 'stopped');
  assert.equal(sockets.length, 1);
});

test('sizes_are_those_on_the_wire', () => {
  const { link, sockets } = started();
  const sent = heard(link, 'sent');
  sockets[0].greets('s');
  link.send({ type: 'text', request_id: 'q', content: '¡á!' });
  link.sendBytes(new ArrayBuffer(4096));
  const bytes = JSON.stringify({ type: 'text', request_id: 'q', content: '¡á!' });
  assert.equal(sent.at(-2).bytes, Buffer.byteLength(bytes));
  assert.deepEqual(sent.at(-1).message, { type: 'audio bytes' });
  assert.equal(sent.at(-1).bytes, 4096);
});

test('outline_shortens_media_and_leaves_words', () => {
  const message = { type: 'image', data: 'A'.repeat(1000), text: 'w'.repeat(1000) };
  const short = outline(message);
  assert.equal(short.data, `${'A'.repeat(48)}… (1000)`);
  assert.equal(short.text, message.text);
  assert.equal(message.data.length, 1000);
});
