/** Ids that nobody else has. Pure. */

/**
 * `crypto.randomUUID` would do, but there is none on a page that came over plain HTTP.
 *
 * @param {string} prefix what it is an id of
 * @returns {string}
 */
export function newId(prefix) {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `${prefix}-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
