/**
 * What happens with the robot: its events, and the values that they and its methods take.
 *
 * Owns these types, and nothing that runs: whoever listens to the robot reads this page first.
 */

/** @typedef {import('./link.js').LinkEvents} LinkEvents */
/** @typedef {import('./link.js').Message} Message */
/** @typedef {import('./link.js').Passage} Passage */
/** @typedef {import('./mood.js').Mood} Mood */
/** @typedef {import('./turns.js').Turn} Turn */

/** Somebody whom the robot knows. `name` may be unknown. @typedef {{id: string, name: string | null}} Person */

/**
 * What the body knows of itself (protocol.md §2): levels in percent.
 *
 * @typedef {object} Context
 * @property {string} [location]
 * @property {number} [battery_robot]
 * @property {number} [battery_phone]
 * @property {Record<string, unknown>} [sensors]
 */

/** How raw PCM is to be read; other sound is known by its first bytes. @typedef {{encoding: 'pcm_s16le', sample_rate: number, channels?: number}} AudioFormat */

/**
 * @typedef {object} Showing
 * @property {Blob} data
 * @property {string} mime of an image, a video or audio
 * @property {'registration' | 'context'} [purpose] of an image: a face to be known by, or to look at
 * @property {string} [text] what is said with it
 * @property {string} [requestId] of the `capture` that it answers
 * @property {number} [durationMs] of a video
 */

/** @typedef {{emojis: string[], durationMs: number, transition: 'bounce' | 'fade' | 'slide'}} Expression */

/**
 * What happens. `turn` of a performance is the turn that is performed, in a replay too;
 * `requestId` is its id.
 *
 * @typedef {object} RobotEvents
 * @property {Mood} mood it has changed
 * @property {Turn} turn it has changed: one message more, or lost
 * @property {Passage} message
 * @property {Passage} sent
 * @property {LinkEvents['state']} state of the link
 * @property {{expected: number, got: number}} gap
 * @property {null} wake somebody clicked to begin: in this very click sound may be unlocked
 * @property {{requestId: string, turn: Turn}} begin an utterance is on its way, or an answer begins by itself
 * @property {{requestId: string, turn: Turn, emotion: string}} emotion
 * @property {{requestId: string, turn: Turn, text: string}} said each piece of text
 * @property {{requestId: string, turn: Turn} & Expression} expression
 * @property {{requestId: string, turn: Turn | null, actions: Message[]}} actions for the body
 * @property {{requestId: string, turn: Turn}} end all of the answer is here; it may still be spoken
 * @property {{requestId: string | null, turn: Turn | null, errorCode: string, message: string, retryAfter: number | null}} trouble an error; `message` is fit to be spoken
 * @property {{requestId: string, spokenChars: number | null}} hush stop speaking and moving: somebody cut in; so much of the text was spoken, where that is known
 * @property {{requestId: string, type: 'photo' | 'video', durationMs: number | null}} capture the robot asks to look; answer with `show` within 10 s, or not at all
 * @property {Person | null} person who stands before it has changed; null is a stranger
 * @property {{batteryLevel: number, source: string}} battery it has noticed that a battery is low
 * @property {{text: string}} unsent an utterance waits for the link; `text` is what was said, with what waited before it, or ''
 * @property {{text: string}} lost an utterance will not be answered; `text` is what was asked, or ''
 */

export {}; // a module of types alone
