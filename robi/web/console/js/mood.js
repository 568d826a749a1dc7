/**
 * What the robot is doing, for its face. Pure.
 *
 * Owns which of all that is going on counts: the first line of `moodOf` that holds.
 */

/** @typedef {import('./link.js').LinkState} LinkState */
/** @typedef {import('./turns.js').Turn} Turn */

/**
 * What the robot is doing, for its face (protocol.md §3, *Emotions*). `speaking`: an answer comes or
 * is spoken; the face is then its emotion's.
 *
 * @typedef {'idle' | 'listening' | 'thinking' | 'speaking' | 'searching' | 'registering' | 'error' | 'disconnected'} Mood
 */

/**
 * @typedef {object} Facts
 * @property {LinkState} link
 * @property {boolean} wasOpen whether there ever was an open link
 * @property {boolean} listening
 * @property {boolean} waiting an utterance is complete, and not yet sent
 * @property {boolean} inTrouble
 * @property {boolean} speaking the voice speaks
 * @property {boolean} worded words of the answer have come
 * @property {boolean} replaying
 * @property {Turn | null} turn that is being answered, or performed again
 * @property {boolean} searching
 */

/** @param {Facts} facts @returns {Mood} */
export function moodOf(facts) {
  const { link, turn } = facts;
  const begins = !facts.wasOpen && (link === 'connecting' || link === 'stopped');
  if (begins) return 'idle'; // no plug is shown for a blink
  if (facts.listening) return 'listening';
  if (link !== 'open' && !facts.replaying) return 'disconnected';
  if (facts.inTrouble) return 'error';
  if (facts.speaking || (turn && facts.worded)) return 'speaking';
  if (turn && showsFace(turn)) return 'registering';
  if (turn || facts.waiting) return 'thinking';
  return facts.searching ? 'searching' : 'idle';
}

/** Whether `turn` is the face of somebody new. @param {Turn} turn */
function showsFace(turn) {
  return turn.kind === 'image' && turn.messages[0]?.message.purpose === 'registration';
}
