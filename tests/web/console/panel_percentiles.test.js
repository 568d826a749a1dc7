import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  latencies,
  percentile,
  percentiles,
} from '../../../robi/web/console/js/panel/percentiles.js';
import { aTurn } from './panel_turns.js';

test('percentiles_of_a_hundred_values_are_the_50th_90th_and_99th', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(percentiles(values), { count: 100, p50: 50, p90: 90, p99: 99 });
});

test('percentiles_of_one_value_are_that_value', () => {
  assert.deepEqual(percentiles([7]), { count: 1, p50: 7, p90: 7, p99: 7 });
});

test('percentiles_of_nothing_are_null', () => {
  assert.equal(percentiles([]), null);
});

test('percentile_is_always_one_of_the_values', () => {
  assert.equal(percentile([1, 1000], 50), 1);
  assert.equal(percentile([1, 1000], 51), 1000);
});

test('percentiles_sort_by_number_and_leave_what_they_were_given_as_it_is', () => {
  const values = [100, 9, 20];
  assert.equal(percentiles(values)?.p50, 20);
  assert.deepEqual(values, [100, 9, 20]);
});

test('latencies_count_from_the_moment_that_the_utterance_was_sent', () => {
  const meta = { type: 'response_meta' };
  const turn = aTurn({ sentAt: 1000, emotionAt: 1100, firstTextAt: 1200, endAt: 1900, meta });
  const { emotion, first_text, end } = latencies([turn]);
  assert.deepEqual([emotion?.p50, first_text?.p50, end?.p50], [100, 200, 900]);
});

test('latencies_of_an_answer_that_was_cut_short_or_failed_lack_its_end', () => {
  const times = { sentAt: 0, emotionAt: 10, firstTextAt: 20, endAt: 30 };
  const cut = aTurn({ ...times, interrupted: true, meta: { type: 'response_meta' } });
  const { emotion, end } = latencies([cut, aTurn(times)]);
  assert.equal(emotion?.count, 2);
  assert.equal(end, null);
});

test('latencies_pass_over_a_turn_that_was_never_sent', () => {
  assert.deepEqual(latencies([aTurn({ sentAt: null })]), {
    emotion: null,
    first_text: null,
    end: null,
  });
});
