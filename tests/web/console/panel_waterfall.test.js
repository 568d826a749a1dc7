import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ticks, waterfall } from '../../../robi/web/console/js/panel/waterfall.js';
import { aTurn } from './panel_turns.js';

/** @param {import('../../../robi/web/console/js/panel/waterfall.js').Waterfall | null} drawn */
const told = (drawn) => drawn?.bars.map(({ name, from, to }) => [name, from, to]);

test('waterfall_of_a_whole_turn_has_a_bar_from_each_moment_to_the_next', () => {
  const turn = aTurn({
    sentAt: 500,
    emotionAt: 600,
    firstTextAt: 650,
    lastTextAt: 900,
    endAt: 910,
  });
  const drawn = waterfall(turn, 5000);
  assert.deepEqual(told(drawn), [
    ['emotion', 0, 100],
    ['first_text', 100, 150],
    ['text', 150, 400],
    ['end', 400, 410],
  ]);
  assert.equal(drawn?.span, 410);
});

test('waterfall_of_a_turn_that_lacks_moments_has_no_gap', () => {
  const turn = aTurn({ sentAt: 0, emotionAt: 100, endAt: 300, interrupted: true });
  assert.deepEqual(told(waterfall(turn, 5000)), [
    ['emotion', 0, 100],
    ['end', 100, 300],
  ]);
});

test('waterfall_of_a_running_turn_goes_on_until_now', () => {
  const drawn = waterfall(aTurn({ sentAt: 1000, emotionAt: 1100 }), 1400);
  assert.deepEqual(drawn?.bars.at(-1), {
    name: 'running',
    of: 'page',
    from: 100,
    to: 400,
    open: true,
  });
});

test('waterfall_of_a_turn_whose_end_will_never_come_stops_at_the_last_that_came', () => {
  const drawn = waterfall(aTurn({ sentAt: 0, emotionAt: 100, lost: true }), 90_000);
  assert.deepEqual(told(drawn), [['emotion', 0, 100]]);
});

test('waterfall_of_what_the_robot_says_by_itself_begins_with_its_first_message', () => {
  const drawn = waterfall(
    aTurn({ kind: 'due', startedAt: 700, sentAt: null, emotionAt: 700, endAt: 800 }),
    900,
  );
  assert.deepEqual(told(drawn), [
    ['emotion', 0, 0],
    ['end', 0, 100],
  ]);
});

test('waterfall_before_anything_was_sent_is_none', () => {
  assert.equal(waterfall(aTurn({ sentAt: null }), 10), null);
});

test('waterfall_with_timings_has_what_the_server_waited_for_one_after_the_other', () => {
  const timings = { recall_ms: 5, queue_ms: 0, model_ms: 80 };
  const drawn = waterfall(aTurn({ sentAt: 0, emotionAt: 90, endAt: 100, timings }), 100);
  const server = drawn?.bars.filter((bar) => bar.of === 'server');
  assert.deepEqual(
    server?.map(({ name, from, to }) => [name, from, to]),
    [
      ['memory', 0, 5],
      ['queue', 5, 5],
      ['model', 5, 85],
    ],
  );
});

test('waterfall_is_as_wide_as_its_longest_bar_whoever_measured_it', () => {
  const timings = { recall_ms: 0, queue_ms: 0, model_ms: 120 };
  assert.equal(waterfall(aTurn({ sentAt: 0, endAt: 100, timings }), 100)?.span, 120);
});

test('waterfall_of_an_answer_in_no_time_still_has_a_scale', () => {
  assert.equal(waterfall(aTurn({ sentAt: 0, endAt: 0 }), 0)?.span, 10);
});

test('ticks_are_round_begin_at_zero_and_stay_within', () => {
  assert.deepEqual(ticks(410), [0, 200, 400]);
  assert.deepEqual(ticks(1000), [0, 500, 1000]);
  assert.deepEqual(ticks(10), [0, 5, 10]);
});

test('ticks_are_never_many', () => {
  for (let span = 10; span < 100_000; span = Math.ceil(span * 1.01)) {
    const count = ticks(span).length;
    assert.ok(count >= 2 && count <= 5, `${count} for ${span}`);
  }
});
