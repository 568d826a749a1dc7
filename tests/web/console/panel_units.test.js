import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clock, duration, size, uptime } from '../../../robi/web/console/js/panel/units.js';

test('duration_goes_over_to_seconds_and_minutes', () => {
  const told = [0, 840, 999.6, 1240, 59_990, 125_000].map((ms) => duration(ms, 'en'));
  assert.deepEqual(told, ['0 ms', '840 ms', '1 s', '1.24 s', '59.99 s', '2 min 5 s']);
});

test('duration_that_is_not_known_is_a_dash', () => {
  assert.deepEqual(
    [null, undefined, NaN].map((ms) => duration(ms, 'en')),
    ['–', '–', '–'],
  );
});

test('duration_has_the_decimal_mark_of_its_language', () => {
  assert.equal(duration(1240, 'es'), '1,24 s');
});

test('uptime_has_the_two_greatest_units', () => {
  assert.deepEqual([5, 125, 12_000, 187_200].map(uptime), [
    '5 s',
    '2 min 5 s',
    '3 h 20 min',
    '2 d 4 h',
  ]);
});

test('size_counts_in_thousands', () => {
  assert.deepEqual(
    [312, 4096, 1_300_000].map((bytes) => size(bytes, 'en')),
    ['312 B', '4.1 kB', '1.3 MB'],
  );
});

test('clock_shows_milliseconds_of_the_time_of_day', () => {
  const origin = new Date(2026, 10, 21, 17, 4, 5, 0).getTime();
  assert.equal(clock(62.4, origin), '17:04:05.062');
});
