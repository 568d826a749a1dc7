/** The supervision tree as a list of rows, and what changed in it since the last look. Pure. */

/**
 * One actor, as `GET /api/tree` tells of it.
 * @typedef {object} Actor
 * @property {string} name
 * @property {string} state
 * @property {number} restarts
 * @property {number} uptime_s
 * @property {number} mailbox_depth
 * @property {number} mailbox_bound
 * @property {Record<string, number | string | boolean>} details
 * @property {Actor[]} [children]
 * @property {string} [restart]
 */

/** @typedef {{actor: Actor, path: string, depth: number}} Row */

/**
 * @param {Actor} root
 * @returns {Row[]} every actor below the one above it; `path` names it within the tree
 */
export function treeRows(root) {
  /** @type {Row[]} */
  const rows = [];
  walk(root, '', 0);
  return rows;

  /** @type {(actor: Actor, above: string, depth: number) => void} */
  function walk(actor, above, depth) {
    const path = `${above}/${actor.name}`;
    rows.push({ actor, path, depth });
    for (const child of actor.children ?? []) walk(child, path, depth + 1);
  }
}

/**
 * The paths of actors that were started again between two looks.
 * @param {readonly Row[]} before
 * @param {readonly Row[]} after
 * @returns {Set<string>}
 */
export function restarted(before, after) {
  const restarts = new Map(before.map((row) => [row.path, row.actor.restarts]));
  return new Set(
    after
      .filter(({ path, actor }) => actor.restarts > (restarts.get(path) ?? actor.restarts))
      .map((row) => row.path),
  );
}

/**
 * How full a mailbox is, 0 to 1; null for an actor without one.
 * @param {Actor} actor
 */
export function fullness({ mailbox_depth: depth, mailbox_bound: bound }) {
  return bound > 0 ? Math.min(1, depth / bound) : null;
}
