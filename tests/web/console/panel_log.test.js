import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Emitter } from '../../../robi/web/console/js/emitter.js';
import {
  Log,
  MOST_ENTRIES,
  filtered,
  keepLog,
  types,
} from '../../../robi/web/console/js/panel/log.js';

/** @param {import('../../../robi/web/console/js/link.js').Message} message */
const come = (message) => ({ message, bytes: 10, at: 1 });

test('log_beyond_its_bound_lets_the_oldest_go_and_numbers_go_on', () => {
  const log = new Log();
  for (let number = 0; number < MOST_ENTRIES + 3; number += 1)
    log.write('in', come({ type: 'text_chunk' }));
  assert.equal(log.entries.length, MOST_ENTRIES);
  assert.equal(log.entries[0].number, 3);
  assert.equal(log.entries.at(-1)?.number, MOST_ENTRIES + 2);
});

test('log_tells_of_each_change', () => {
  const log = new Log();
  let changes = 0;
  log.on('change', () => (changes += 1));
  log.write('in', come({ type: 'emotion' }));
  log.clear();
  assert.equal(changes, 2);
  assert.equal(log.entries.length, 0);
});

test('log_filtered_by_type_and_turn_holds_those_of_both', () => {
  const log = new Log();
  log.write('in', come({ type: 'emotion', request_id: 'a' }));
  log.write('in', come({ type: 'emotion', request_id: 'b' }));
  log.write('in', come({ type: 'stream_end', request_id: 'b' }));
  const numbers = (/** @type {string} */ type, /** @type {string | null} */ requestId) =>
    filtered(log.entries, { type, requestId }).map((entry) => entry.number);
  assert.deepEqual(numbers('', null), [0, 1, 2]);
  assert.deepEqual(numbers('emotion', null), [0, 1]);
  assert.deepEqual(numbers('', 'b'), [1, 2]);
  assert.deepEqual(numbers('emotion', 'b'), [1]);
});

test('log_filtered_stays_as_it_was_when_more_is_written', () => {
  const log = new Log();
  log.write('in', come({ type: 'emotion' }));
  const before = filtered(log.entries, { type: '', requestId: null });
  log.write('in', come({ type: 'emotion' }));
  assert.equal(before.length, 1);
});

test('types_are_told_once_each_by_name', () => {
  const log = new Log();
  for (const type of ['emotion', 'text_chunk', 'text_chunk', 'auth_ok'])
    log.write('in', come({ type }));
  assert.deepEqual(types(log.entries), ['auth_ok', 'emotion', 'text_chunk']);
});

test('log_kept_of_a_robot_has_what_it_hears_says_and_what_befalls_its_link_in_order', () => {
  const robot = /** @type {any} */ (new Emitter());
  const log = keepLog(robot);
  robot.emit('state', { state: 'open', resumed: true });
  robot.emit('sent', come({ type: 'text' }));
  robot.emit('message', come({ type: 'emotion' }));
  robot.emit('gap', { expected: 4, got: 7 });
  assert.deepEqual(
    log.entries.map(({ direction, message }) => [direction, message]),
    [
      ['link', { type: 'open', resumed: true }],
      ['out', { type: 'text' }],
      ['in', { type: 'emotion' }],
      ['link', { type: 'gap', expected: 4, got: 7 }],
    ],
  );
});
