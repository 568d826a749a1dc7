/** Which rows of a long list are to be drawn: those in view, and some more. Pure. */

/** Rows beyond the edge, so that a scroll by the wheel finds them drawn. */
const BEYOND = 8;

/**
 * @param {{scrollTop: number, height: number, rowHeight: number, count: number}} view in CSS pixels
 * @returns {{from: number, to: number}} indexes, `to` not included
 */
export function rowsInView({ scrollTop, height, rowHeight, count }) {
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - BEYOND);
  const to = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + BEYOND);
  return { from: Math.min(from, to), to };
}

/**
 * Where to scroll so that row `index` is in view; as it is, if it is already.
 * @param {number} index
 * @param {{scrollTop: number, height: number, rowHeight: number}} view
 */
export function scrolledTo(index, { scrollTop, height, rowHeight }) {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}
