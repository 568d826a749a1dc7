// What robi/web/console/js/silence.js makes of levels.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BargeInDetector, SilenceDetector, levelOf } from '../../../robi/web/console/js/silence.js';

const STEP = 50;

/** Feed `[level, forMs]` pairs; return the first time of each verdict that differs from the last. */
function verdicts(detector, ...parts) {
  const changes = [];
  let at = 0;
  for (const [level, forMs] of parts) {
    for (const end = at + forMs; at < end; at += STEP) {
      const verdict = detector.add(typeof level === 'function' ? level(at) : level, at);
      if (verdict !== changes.at(-1)?.verdict) changes.push({ verdict, at });
    }
  }
  return changes;
}

const names = (changes) => changes.map(({ verdict }) => verdict);

test('utterance_followed_by_two_seconds_of_silence_ends_there', () => {
  const changes = verdicts(new SilenceDetector(), [-60, 1000], [-25, 1500], [-60, 4000]);
  assert.deepEqual(names(changes), ['quiet', 'speech', 'pause', 'end', 'quiet']);
  const [, speech, , end] = changes;
  assert.ok(speech.at >= 1100 && speech.at <= 1300, `speech at ${speech.at}`);
  assert.ok(end.at >= 4400 && end.at <= 4800, `end at ${end.at}`);
});

test('pause_of_a_second_and_a_half_does_not_end_an_utterance', () => {
  const changes = verdicts(
    new SilenceDetector(), [-60, 500], [-25, 1000], [-60, 1500], [-25, 1000], [-60, 500]);
  assert.deepEqual(names(changes), ['quiet', 'speech', 'pause', 'speech', 'pause']);
});

test('silence_alone_is_quiet_for_ever', () => {
  assert.deepEqual(names(verdicts(new SilenceDetector(), [-100, 60_000])), ['quiet']);
});

test('click_begins_no_utterance', () => {
  const changes = verdicts(new SilenceDetector(), ...Array(10).fill([[-60, 950], [-10, 50]]).flat());
  assert.deepEqual(names(changes), ['quiet']);
});

test('click_does_not_lengthen_an_utterance', () => {
  const changes = verdicts(
    new SilenceDetector(), [-60, 500], [-25, 1000], [-60, 1500], [-10, 50], [-60, 900]);
  assert.equal(names(changes).at(3), 'end');
});

const noise = (at) => -38 + 3 * Math.sin(at);

test('steady_noise_is_no_speech_from_the_first_moment_on', () => {
  assert.deepEqual(names(verdicts(new SilenceDetector(), [noise, 8000])), ['quiet']);
});

test('speech_in_steady_noise_is_heard_to_end', () => {
  const changes = verdicts(new SilenceDetector(), [noise, 3000], [-15, 2000], [noise, 4000]);
  assert.deepEqual(names(changes), ['quiet', 'speech', 'pause', 'end', 'quiet']);
});

test('noise_learned_while_the_robot_spoke_is_no_speech_after_it', () => {
  const detector = new SilenceDetector();
  for (let at = 0; at < 3000; at += STEP) detector.learn(-30 + 3 * Math.sin(at), at);
  for (let at = 3000; at < 6000; at += STEP) {
    assert.equal(detector.add(-28, at), 'quiet');
  }
});

test('speech_of_forty_seconds_with_pauses_between_words_goes_on', () => {
  const words = (at) => (at % 600 < 450 ? -22 : -55);
  const changes = verdicts(new SilenceDetector(), [-60, 1000], [words, 40_000]);
  assert.deepEqual(names(changes), ['quiet', 'speech']);
});

test('speech_from_the_first_moment_is_heard', () => {
  assert.deepEqual(names(verdicts(new SilenceDetector(), [-22, 1000])), ['quiet', 'speech']);
});

test('detector_after_an_end_hears_the_next_utterance', () => {
  const once = [[-25, 1000], [-60, 3000]];
  const heard = names(verdicts(new SilenceDetector(), [-60, 500], ...once, ...once));
  assert.equal(heard.filter((name) => name === 'end').length, 2);
});

test('timer_that_was_held_up_does_not_count_as_speech', () => {
  const detector = new SilenceDetector({ onsetMs: 300 });
  detector.add(-20, 0);
  assert.equal(detector.add(-20, 10_000), 'quiet');
});

test('begun_by_other_means_the_utterance_ends_by_silence', () => {
  const detector = new SilenceDetector();
  detector.begin(0);
  assert.deepEqual(names(verdicts(detector, [-60, 2500])), ['speech', 'pause', 'end', 'quiet']);
});

function talksOver(...parts) {
  const changes = verdicts(new BargeInDetector(), ...parts);
  return changes.find(({ verdict }) => verdict)?.at ?? null;
}

test('echo_alone_never_talks_over', () => {
  const echo = (at) => (at % 700 < 500 ? -30 + 4 * Math.sin(at) : -60);
  assert.equal(talksOver([echo, 30_000]), null);
});

test('voice_clearly_over_the_echo_is_heard_within_half_a_second', () => {
  const at = talksOver([-35, 3000], [-20, 1000]);
  assert.ok(at >= 3200 && at <= 3500, `heard at ${at}`);
});

test('voice_no_louder_than_the_echo_is_not_heard', () => {
  assert.equal(talksOver([-30, 3000], [-28, 2000]), null);
});

test('bang_while_it_speaks_is_no_talk', () => {
  assert.equal(talksOver([-40, 2000], [-5, 150], [-40, 2000]), null);
});

test('murmur_where_the_echo_is_cancelled_is_no_talk', () => {
  assert.equal(talksOver([-80, 2000], [-45, 2000]), null);
});

test('level_of_full_scale_is_zero_and_of_nothing_is_least', () => {
  assert.equal(levelOf(new Float32Array(8).fill(1)), 0);
  assert.equal(levelOf(new Float32Array(8)), -100);
  assert.equal(levelOf(new Float32Array(0)), -100);
  assert.equal(Math.round(levelOf(new Float32Array(8).fill(0.1))), -20);
});
