import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rowsInView, scrolledTo } from '../../../robi/web/console/js/panel/rows.js';

test('rows_in_view_are_those_and_a_few_more_on_each_side', () => {
  assert.deepEqual(rowsInView({ scrollTop: 3000, height: 300, rowHeight: 30, count: 2000 }), {
    from: 92,
    to: 118,
  });
});

test('rows_in_view_stay_within_the_list', () => {
  assert.deepEqual(rowsInView({ scrollTop: 0, height: 300, rowHeight: 30, count: 4 }), {
    from: 0,
    to: 4,
  });
  assert.deepEqual(rowsInView({ scrollTop: 9000, height: 300, rowHeight: 30, count: 4 }), {
    from: 4,
    to: 4,
  });
});

test('scrolled_to_a_row_moves_no_more_than_is_needed', () => {
  const view = { scrollTop: 300, height: 300, rowHeight: 30 };
  assert.deepEqual(
    [5, 12, 19, 20].map((index) => scrolledTo(index, view)),
    [150, 300, 300, 330],
  );
});
