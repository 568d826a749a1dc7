/** A table of latencies: of the turns of this page, or of all that the server has had. */

import { h } from '../dom.js';
import { language } from '../words/index.js';
import { MEASURES } from './percentiles.js';
import { duration } from './units.js';

/** @typedef {{p50: number, p90: number, p99: number}} Latency */

const COLUMNS = /** @type {const} */ (['p50', 'p90', 'p99']);

/**
 * @param {import('../dom.js').Wording} caption
 * @param {Record<(typeof MEASURES)[number], Latency | null | undefined>} latencies in ms
 * @returns {HTMLTableElement}
 */
export function latencyTable(caption, latencies) {
  return h(
    'table',
    { class: 'panel-latency' },
    h('caption', { word: caption }),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col', word: 'panel.latency.until' }),
        ...COLUMNS.map((name) => h('th', { scope: 'col' }, name)),
      ),
    ),
    h(
      'tbody',
      {},
      ...MEASURES.map((measure) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', word: `panel.measure.${measure}` }),
          ...COLUMNS.map((name) => h('td', {}, duration(latencies[measure]?.[name], language()))),
        ),
      ),
    ),
  );
}
