// How robi/web/console/js/countdown.js shares out the time of a capture.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { countOf, shareOut } from '../../../robi/web/console/js/countdown.js';

const photo = { type: 'photo', durationMs: null };
const video = { type: 'video', durationMs: 10_000 };

test('photo_asked_for_at_once_has_a_countdown_of_three_seconds', () => {
  assert.deepEqual(shareOut(photo, 200), { countdownMs: 3000, filmMs: 0 });
});

test('film_is_as_long_as_its_answer_may_take', () => {
  assert.deepEqual(shareOut(video, 500), { countdownMs: 3000, filmMs: 5000 });
});

test('film_that_is_wished_short_is_short', () => {
  assert.deepEqual(shareOut({ type: 'video', durationMs: 2000 }, 0), { countdownMs: 3000, filmMs: 2000 });
});

test('camera_that_was_allowed_late_shortens_film_and_countdown', () => {
  assert.deepEqual(shareOut(video, 5000), { countdownMs: 2500, filmMs: 1000 });
  assert.deepEqual(shareOut(photo, 6500), { countdownMs: 2000, filmMs: 0 });
});

test('camera_that_was_allowed_too_late_takes_nothing', () => {
  assert.equal(shareOut(photo, 7600), null);
  assert.equal(shareOut(video, 6600), null);
});

test('everything_ends_before_the_server_forgets', () => {
  for (const wish of [photo, video, { type: 'video', durationMs: null }]) {
    for (let elapsed = 0; elapsed < 12_000; elapsed += 100) {
      const share = shareOut(wish, elapsed);
      if (share) assert.ok(elapsed + share.countdownMs + share.filmMs <= 8500);
    }
  }
});

test('count_shows_three_two_one', () => {
  assert.deepEqual([3000, 2001, 2000, 1000, 1, 0].map(countOf), [3, 3, 2, 1, 1, 1]);
});
