// What robi/web/console/js/motion.js makes of the actions of protocol.md §3.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Motion, ROOM, freeWay, lightOf, middleOf } from '../../../robi/web/console/js/motion.js';

const HALL = { width: 1000, height: 1000, radius: 10 };
const START = middleOf(HALL);

const moved = (...actions) => new Motion(START, actions, HALL);

/** Poses as whole numbers, so that sines do not matter. */
function rounded({ x, y, heading }) {
  return { x: Math.round(x) + 0, y: Math.round(y) + 0, heading: Math.round(heading) + 0 };
}

const endOf = (motion) => rounded(motion.poseAt(motion.durationMs));

test('quarter_turn_in_degrees_takes_420_ms', () => {
  const motion = moved({ type: 'turn_right_deg', degrees: 90 });
  assert.equal(motion.durationMs, 420);
  assert.deepEqual(endOf(motion), { x: 500, y: 500, heading: 90 });
  assert.equal(motion.poseAt(210).heading, 45);
});

test('ten_centimetres_take_350_ms_and_go_where_it_looks', () => {
  const motion = moved({ type: 'turn_left_deg', degrees: 90 }, { type: 'move_forward_cm', cm: 10 });
  assert.equal(motion.durationMs, 770);
  assert.deepEqual(endOf(motion), { x: 490, y: 500, heading: -90 });
});

test('move_of_the_older_dialect_is_the_same_as_its_primitive', () => {
  const older = moved({ type: 'move', params: { direction: 'forward', speed: 50, duration_ms: 700 } });
  const newer = moved({ type: 'move_forward_cm', cm: 20 });
  assert.equal(older.durationMs, newer.durationMs);
  assert.deepEqual(endOf(older), endOf(newer));
  assert.deepEqual(endOf(older), { x: 500, y: 480, heading: 0 });
});

test('drive_at_double_speed_goes_twice_as_far_in_its_time', () => {
  const motion = moved({ type: 'move', params: { direction: 'backward', speed: 100, duration_ms: 350 } });
  assert.equal(motion.durationMs, 350);
  assert.deepEqual(endOf(motion), { x: 500, y: 520, heading: 0 });
});

test('drive_by_duration_goes_at_the_usual_speed', () => {
  const motion = moved({ type: 'move_backward_duration', duration_ms: 700 });
  assert.deepEqual(endOf(motion), { x: 500, y: 520, heading: 0 });
});

for (const [dialect, steps] of [
  ['older', [
    { direction: 'right', speed: 40, duration_ms: 210 },
    { direction: 'left', speed: 40, duration_ms: 420 },
    { direction: 'right', speed: 40, duration_ms: 210 },
  ]],
  ['newer', [
    { type: 'turn_right_deg', degrees: 45 },
    { type: 'turn_left_deg', degrees: 90 },
    { type: 'turn_right_deg', degrees: 45 },
  ]],
]) {
  test(`wave_in_the_${dialect}_dialect_looks_right_then_left_and_comes_back`, () => {
    const motion = moved({ type: 'move_sequence', steps, total_duration_ms: 840 });
    assert.equal(motion.durationMs, 840);
    assert.equal(motion.poseAt(210).heading, 45);
    assert.equal(motion.poseAt(630).heading, -45);
    assert.deepEqual(endOf(motion), { x: 500, y: 500, heading: 0 });
  });
}

test('stop_in_a_sequence_stands_still_for_its_time', () => {
  const steps = [{ type: 'stop', duration_ms: 500 }, { type: 'turn_right_deg', degrees: 90 }];
  const motion = moved({ type: 'move_sequence', steps });
  assert.equal(motion.durationMs, 920);
  assert.equal(motion.poseAt(499).heading, 0);
});

test('wall_stops_it_while_its_wheels_turn_on', () => {
  const motion = moved({ type: 'move_forward_cm', cm: 980 });
  assert.equal(Math.round(motion.poseAt(motion.durationMs).y), HALL.radius);
  assert.equal(motion.durationMs, 34_300);
  assert.equal(Math.round(motion.bumpsAt), 17_150);
  assert.equal(Math.round(motion.poseAt(motion.bumpsAt / 2).y), 255);
});

test('robot_at_a_wall_can_back_away', () => {
  const atWall = { x: 500, y: HALL.radius, heading: 0 };
  const motion = new Motion(atWall, [
    { type: 'move_forward_cm', cm: 10 },
    { type: 'move_backward_cm', cm: 30 },
  ], HALL);
  assert.equal(motion.bumpsAt, 0);
  assert.deepEqual(endOf(motion), { x: 500, y: 40, heading: 0 });
});

test('no_drive_at_any_angle_leaves_the_room', () => {
  for (let heading = 0; heading < 360; heading += 7) {
    for (const type of ['move_forward_cm', 'move_backward_cm']) {
      const motion = new Motion({ ...middleOf(ROOM), heading }, [{ type, cm: 900 }]);
      const { x, y } = motion.poseAt(motion.durationMs);
      assert.ok(x >= ROOM.radius - 1e-6 && x <= ROOM.width - ROOM.radius + 1e-6, `${heading}: ${x}`);
      assert.ok(y >= ROOM.radius - 1e-6 && y <= ROOM.height - ROOM.radius + 1e-6, `${heading}: ${y}`);
      assert.ok(motion.bumpsAt < motion.durationMs);
    }
  }
});

test('free_way_is_measured_from_the_rim_to_the_wall_ahead', () => {
  assert.equal(Math.round(freeWay({ x: 500, y: 100, heading: 0 }, HALL)), 90);
  assert.equal(Math.round(freeWay({ x: 500, y: 100, heading: 0 }, HALL, -1)), 890);
});

test('led_shines_for_its_time_while_the_body_moves', () => {
  const motion = moved(
    { type: 'led_color', r: 0, g: 80, b: 204, duration_ms: 1000 },
    { type: 'turn_right_deg', degrees: 90 },
  );
  assert.equal(motion.durationMs, 1000);
  assert.equal(motion.movesMs, 420);
  assert.deepEqual(motion.lightAt(0), { r: 0, g: 80, b: 204 });
  assert.equal(motion.poseAt(210).heading, 45);
  assert.equal(motion.lightAt(1000), null);
});

test('two_lights_shine_one_after_the_other', () => {
  const motion = moved(
    { type: 'led_color', r: 255, g: 0, b: 0, duration_ms: 500 },
    { type: 'led_color', r: 0, g: 0, b: 255, duration_ms: 500 },
  );
  assert.deepEqual(motion.lightAt(499), { r: 255, g: 0, b: 0 });
  assert.deepEqual(motion.lightAt(500), { r: 0, g: 0, b: 255 });
});

test('light_of_the_older_dialect_is_dimmed_by_its_intensity', () => {
  const action = { type: 'light', params: { color: 'rgb(0,100,255)', intensity: 80 } };
  assert.deepEqual(lightOf(action), { light: { r: 0, g: 80, b: 204 }, ms: 2000 });
});

test('light_that_is_black_is_dark', () => {
  const motion = moved({ type: 'led_color', r: 0, g: 0, b: 0, duration_ms: 500 });
  assert.equal(motion.lightAt(100), null);
});

test('what_is_unknown_or_senseless_does_nothing', () => {
  const motion = moved(
    { type: 'fly', cm: 10 },
    { type: 'move' },
    { type: 'move_sequence' },
    { type: 'move_forward_cm', cm: 'far' },
    { type: 'move_forward_cm', cm: -10 },
    { type: 'light', params: { color: 'chartreuse' } },
  );
  assert.equal(motion.durationMs, 0);
  assert.deepEqual(motion.poseAt(0), START);
});
