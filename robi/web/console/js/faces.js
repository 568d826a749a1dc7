/**
 * The faces of the robot: which drawing is which emotion or mood. Pure.
 *
 * Owns the table of protocol.md §3, *Emotions*, as `robi/protocol/emotions.py` does for the server;
 * a test compares it with that page. A face is an OpenMoji code point, or several joined by hyphens.
 */

/** @typedef {import('./mood.js').Mood} Mood */

/** Of each group one is picked at random. @type {Record<string, readonly string[]>} */
export const EMOTIONS = {
  happy: ['1F600', '1F603', '1F604', '1F60A'],
  excited: ['1F929', '1F389', '1F38A', '2728'],
  sad: ['1F622', '1F625', '1F62D'],
  empathy: ['1F97A', '1F615', '2764-FE0F'],
  confused: ['1F615', '1F914', '2753'],
  surprised: ['1F632', '1F62E', '1F92F'],
  love: ['2764-FE0F', '1F60D', '1F970', '1F498'],
  cool: ['1F60E', '1F44D', '1F525'],
  greeting: ['1F44B', '1F917'],
  neutral: ['1F642', '1F916'],
  curious: ['1F9D0', '1F50D'],
  worried: ['1F61F', '1F628'],
  playful: ['1F61C', '1F609', '1F638'],
};

/** What it shows by itself between answers. @type {Record<Exclude<Mood, 'speaking'>, string>} */
export const MOODS = {
  idle: '1F916',
  listening: '1F442',
  thinking: '1F914',
  searching: '1F50D',
  registering: '2753',
  error: '1F615',
  disconnected: '1F50C',
};

/** What stands for a drawing that there is not. */
export const PLAIN_FACE = '1F642';

/**
 * @param {string} emotion an unknown one is neutral
 * @param {() => number} [random] in [0, 1)
 * @returns {string} one of its faces
 */
export function faceOf(emotion, random = Math.random) {
  const group = EMOTIONS[emotion] ?? EMOTIONS.neutral ?? [];
  return group[Math.floor(random() * group.length)] ?? PLAIN_FACE;
}

/** @param {string} code @returns {string} where its drawing is */
export function drawing(code) {
  return `/emoji/${encodeURIComponent(code)}.svg`;
}
