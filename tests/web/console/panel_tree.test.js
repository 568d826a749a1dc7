import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fullness, restarted, treeRows } from '../../../robi/web/console/js/panel/tree.js';

/** @param {Partial<import('../../../robi/web/console/js/panel/tree.js').Actor>} what */
const anActor = (what) => ({
  name: 'robi',
  state: 'running',
  restarts: 0,
  uptime_s: 1,
  mailbox_depth: 0,
  mailbox_bound: 0,
  details: {},
  ...what,
});

test('tree_rows_are_each_actor_below_the_one_above_it', () => {
  const session = anActor({ name: 'session/1' });
  const root = anActor({
    children: [anActor({ name: 'store' }), anActor({ name: 'sessions', children: [session] })],
  });
  assert.deepEqual(
    treeRows(root).map(({ path, depth }) => [path, depth]),
    [
      ['/robi', 0],
      ['/robi/store', 1],
      ['/robi/sessions', 1],
      ['/robi/sessions/session/1', 2],
    ],
  );
});

test('restarted_are_those_with_more_restarts_than_before_not_those_that_are_new', () => {
  const before = treeRows(
    anActor({ children: [anActor({ name: 'store' }), anActor({ name: 'brain', restarts: 2 })] }),
  );
  const after = treeRows(
    anActor({
      children: [
        anActor({ name: 'store', restarts: 1 }),
        anActor({ name: 'brain', restarts: 2 }),
        anActor({ name: 'mcp', restarts: 3 }),
      ],
    }),
  );
  assert.deepEqual([...restarted(before, after)], ['/robi/store']);
});

test('fullness_is_a_share_of_the_bound_none_without_a_mailbox', () => {
  assert.equal(fullness(anActor({ mailbox_depth: 16, mailbox_bound: 64 })), 0.25);
  assert.equal(fullness(anActor({})), null);
});
