/** The one thing that a message is about, in a line: what a list shows of it. Pure. */

/** @typedef {import('../link.js').Message} Message */

/**
 * The fields that tell most; the first that a message has wins. `text` of a chunk is shown with its
 * spaces, since a space that is missing may be what one looks for.
 */
const TELLING = [
  'text',
  'content',
  'emotion',
  'error_code',
  'response_text',
  'name',
  'capture_type',
  'purpose',
  'person_id',
];

/**
 * Of messages that are about time and place rather than words: all that they have of these.
 *
 * @type {[string, (value: any) => string][]}
 */
const CIRCUMSTANCES = [
  ['session_id', (id) => id],
  ['last_seq', (seq) => `after ${seq}`],
  ['resumed', (resumed) => (resumed ? 'resumed' : 'anew')],
  ['processing_time_ms', (ms) => `${ms} ms`],
  ['interrupted', (interrupted) => (interrupted ? 'interrupted' : '')],
  ['spoken_chars', (count) => `after ${count} characters`],
  ['closeCode', (code) => `closed with ${code}`],
  ['errorCode', (code) => code],
  ['retryInMs', (ms) => `again in ${ms} ms`],
  ['expected', (seq) => `expected ${seq}`],
  ['got', (seq) => `got ${seq}`],
];

/**
 * @param {Readonly<Message>} message
 * @returns {string} empty when nothing tells
 */
export function gist(message) {
  const telling = TELLING.find((name) => typeof message[name] === 'string' && message[name]);
  if (telling) return message[telling];
  return CIRCUMSTANCES.filter(([name]) => message[name] !== undefined && message[name] !== null)
    .map(([name, tell]) => tell(message[name]))
    .filter(Boolean)
    .join(' · ');
}
