import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { Poll } from '../../../robi/web/console/js/panel/poll.js';
import { questionOf } from '../../../robi/web/console/js/panel/rota.js';

/** Let what was promised happen: no timer is passed. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** @param {import('node:test').TestContext} context @param {boolean[]} answers */
function aPoll(context, answers = []) {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  /** @type {number[]} */
  const rounds = [];
  const poll = new Poll((round) => {
    rounds.push(round);
    return Promise.resolve(answers.shift() ?? true);
  });
  return { poll, rounds };
}

test('poll_asks_at_once_and_again_a_second_after_the_answer', async (context) => {
  const { poll, rounds } = aPoll(context);
  poll.start();
  await settled();
  mock.timers.tick(999);
  assert.deepEqual(rounds, [0]);
  mock.timers.tick(1);
  assert.deepEqual(rounds, [0, 1]);
});

test('poll_leaves_a_server_in_trouble_alone_for_ten_seconds', async (context) => {
  const { poll, rounds } = aPoll(context, [false]);
  poll.start();
  await settled();
  mock.timers.tick(9999);
  assert.deepEqual(rounds, [0]);
  mock.timers.tick(1);
  assert.deepEqual(rounds, [0, 1]);
});

test('poll_that_is_stopped_while_it_waits_for_an_answer_asks_no_more', async (context) => {
  const { poll, rounds } = aPoll(context);
  poll.start();
  poll.stop();
  await settled();
  mock.timers.tick(60_000);
  assert.deepEqual(rounds, [0]);
});

test('poll_that_is_started_twice_asks_in_one_row_from_the_beginning', async (context) => {
  const { poll, rounds } = aPoll(context);
  poll.start();
  poll.start();
  await settled();
  mock.timers.tick(1000);
  await settled();
  assert.deepEqual(rounds, [0, 0, 1]);
});

test('questions_of_a_minute_are_about_the_tree_but_for_one_in_six_and_one_in_twelve', () => {
  const asked = Array.from({ length: 60 }, (_, round) => questionOf(round, new Set()));
  const count = (/** @type {string} */ name) =>
    asked.filter((question) => question === name).length;
  assert.deepEqual([count('tree'), count('sessions'), count('statistics')], [45, 10, 5]);
  assert.deepEqual(asked.slice(0, 3), ['tree', 'sessions', 'statistics']);
});

test('question_that_the_server_has_no_answer_to_is_asked_no_more', () => {
  assert.equal(questionOf(2, new Set(['statistics'])), 'tree');
});
