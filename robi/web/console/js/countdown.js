/**
 * How the ten seconds are used in which a picture that the robot asked for must come.
 *
 * Owns that sharing: the countdown, the film, and the time that sending takes. Pure; all times are
 * milliseconds.
 */

/** The server forgets its request after so long (protocol.md §7). */
export const ANSWER_WITHIN_MS = 10_000;
/** Of these, what coding and sending may take. */
export const SENDING_MS = 1500;
export const COUNTDOWN_MS = 3000;
/** A film that is asked for lasts no longer, whatever its time. */
export const LONGEST_FILM_MS = 10_000;

/** A shorter film would show nothing, and a shorter countdown would be a surprise. */
const SHORTEST_FILM_MS = 1000;
const SHORTEST_COUNTDOWN_MS = 1000;

/**
 * @param {{type: 'photo'|'video', durationMs: number|null}} wish what the robot asked for
 * @param {number} elapsedMs since it asked; the camera had to be opened, perhaps allowed
 * @returns {{countdownMs: number, filmMs: number}|null} null: it is too late
 */
export function shareOut({ type, durationMs }, elapsedMs) {
  const left = ANSWER_WITHIN_MS - SENDING_MS - elapsedMs;
  const leastFilm = type === 'video' ? SHORTEST_FILM_MS : 0;
  const countdownMs = Math.min(COUNTDOWN_MS, left - leastFilm);
  if (countdownMs < SHORTEST_COUNTDOWN_MS) return null;
  if (type === 'photo') return { countdownMs, filmMs: 0 };
  const wished = Math.max(SHORTEST_FILM_MS, durationMs ?? LONGEST_FILM_MS);
  return { countdownMs, filmMs: Math.min(wished, LONGEST_FILM_MS, left - countdownMs) };
}

/**
 * The number that is shown when so much is left.
 * @param {number} leftMs
 * @returns {number}
 */
export function countOf(leftMs) {
  return Math.max(1, Math.ceil(leftMs / 1000));
}
