/**
 * When someone speaks, and when they have finished: levels with their times in, a verdict out.
 *
 * Owns the rules of hands-free listening. Pure: it knows no microphone and no clock. Levels are
 * decibels of full scale (0 is the loudest, a quiet room about -60), times are milliseconds.
 */

/** What is loud enough to be speech, however quiet the room. */
const LEAST_SPEECH_DB = -50;
/** Speech stands out from the noise by this much. */
const SPEECH_MARGIN_DB = 12;
/** The noise is the least that was heard in so long: whoever speaks pauses more often than that. */
const NOISE_WINDOW_MS = 3000;
/** Until a room was heard for a while, what is louder may be speech from the first moment on. */
const NOISE_LEARNED_MS = NOISE_WINDOW_MS / 2;
const MOST_NOISE_AT_FIRST_DB = -42;

const LEAST_OVER_ECHO_DB = -40;
/** Who talks over the robot is louder than the loudest that the microphone hears of the robot. */
const ECHO_MARGIN_DB = 6;
const ECHO_WINDOW_MS = 3000;
const ECHO_LEARNED_MS = 500;

/** A timer that was held up says nothing about the time in between. */
const LONGEST_STEP_MS = 250;

/**
 * @typedef {'quiet'|'speech'|'pause'|'end'} Hearing
 * `quiet`: nobody has spoken yet. `end` is said once; after it the next utterance is awaited.
 */

/**
 * Decibels of full scale of `samples` between -1 and 1.
 * @param {Float32Array} samples
 * @returns {number} at least -100
 */
export function levelOf(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const power = samples.length ? sum / samples.length : 0;
  return Math.max(-100, 10 * Math.log10(power || 1e-10));
}

/** The least or the greatest of the last while. */
class Extreme {
  /**
   * @param {(a: number, b: number) => number} pick `Math.min` or `Math.max`
   * @param {number} windowMs
   */
  constructor(pick, windowMs) {
    this.pick = pick;
    this.windowMs = windowMs;
    /** @type {{value: number, at: number}[]} */
    this.heard = [];
  }

  /** @param {number} value @param {number} at */
  add(value, at) {
    this.heard.push({ value, at });
    this.forget(at);
  }

  /** @param {number} at */
  forget(at) {
    while (this.heard.length && this.heard[0].at < at - this.windowMs) this.heard.shift();
  }

  /** @param {number} otherwise what it is when nothing was heard */
  value(otherwise) {
    return this.heard.reduce((found, { value }) => this.pick(found, value), otherwise);
  }

  /** How long the window has been filled, in ms. */
  get spanMs() {
    const last = this.heard.at(-1);
    return last ? last.at - this.heard[0].at : 0;
  }
}

/** Adds up loud moments, and forgets them as fast in quiet ones: a click is no speech. */
class Persistence {
  loudMs = 0;
  /** @type {number|null} */
  #last = null;

  /** @param {boolean} loud @param {number} at */
  add(loud, at) {
    const step = this.#last === null ? 0 : Math.min(at - this.#last, LONGEST_STEP_MS);
    this.#last = at;
    this.loudMs = loud ? this.loudMs + step : Math.max(0, this.loudMs - step);
  }

  reset() {
    this.loudMs = 0;
  }
}

/** Hears an utterance begin, pause and end. */
export class SilenceDetector {
  /**
   * @param {object} [options]
   * @param {number} [options.silenceMs] silence that ends an utterance
   * @param {number} [options.onsetMs] speech that begins one
   * @param {number} [options.pauseMs] silence that is called a pause
   */
  constructor({ silenceMs = 2000, onsetMs = 200, pauseMs = 300 } = {}) {
    this.silenceMs = silenceMs;
    this.onsetMs = onsetMs;
    this.pauseMs = pauseMs;
    this.noise = new Extreme(Math.min, NOISE_WINDOW_MS);
    this.persistence = new Persistence();
    /** @type {number|null} When speech was last heard in this utterance; null before it. */
    this.spokenAt = null;
  }

  /** The level from which on a sound is taken for speech. */
  get threshold() {
    const learned = this.noise.spanMs >= NOISE_LEARNED_MS;
    const noise = this.noise.value(learned ? 0 : MOST_NOISE_AT_FIRST_DB);
    return Math.max(LEAST_SPEECH_DB, noise + SPEECH_MARGIN_DB);
  }

  /**
   * Learn how quiet the room is while it does not matter who speaks.
   * @param {number} level
   * @param {number} at
   */
  learn(level, at) {
    this.noise.add(level, at);
  }

  /**
   * @param {number} level
   * @param {number} at
   * @returns {Hearing}
   */
  add(level, at) {
    this.learn(level, at);
    this.persistence.add(level >= this.threshold, at);
    if (this.spokenAt === null) {
      if (this.persistence.loudMs < this.onsetMs) return 'quiet';
      this.begin(at);
      return 'speech';
    }
    // Once begun it takes less to go on, but more than a knock on the table.
    if (this.persistence.loudMs >= this.onsetMs / 2) {
      this.persistence.loudMs = Math.min(this.persistence.loudMs, this.onsetMs);
      this.spokenAt = at;
      return 'speech';
    }
    const silentMs = at - this.spokenAt;
    if (silentMs >= this.silenceMs) {
      this.reset();
      return 'end';
    }
    return silentMs >= this.pauseMs ? 'pause' : 'speech';
  }

  /** Somebody is known to speak, heard by other means. @param {number} at */
  begin(at) {
    this.spokenAt = at;
  }

  /** Await a new utterance; what is known of the noise stays. */
  reset() {
    this.spokenAt = null;
    this.persistence.reset();
  }
}

/** Hears that someone talks over the robot, whose own voice the microphone hears too. */
export class BargeInDetector {
  /** @param {{onsetMs?: number}} [options] talk that is enough, in ms */
  constructor({ onsetMs = 300 } = {}) {
    this.onsetMs = onsetMs;
    this.echo = new Extreme(Math.max, ECHO_WINDOW_MS);
    this.persistence = new Persistence();
  }

  /**
   * Take a level that was heard while the robot speaks.
   * @param {number} level
   * @param {number} at
   * @returns {boolean} whether someone talks over it
   */
  add(level, at) {
    this.echo.forget(at);
    const learned = this.echo.spanMs >= ECHO_LEARNED_MS;
    const threshold = Math.max(LEAST_OVER_ECHO_DB, this.echo.value(-100) + ECHO_MARGIN_DB);
    const loud = learned && level >= threshold;
    // What stands out is not learned as echo, else nobody could talk for 300 ms.
    if (!loud) this.echo.add(level, at);
    this.persistence.add(loud, at);
    return this.persistence.loudMs >= this.onsetMs;
  }

  /** The robot has begun or ended to speak: its echo is learned anew. */
  reset() {
    this.echo.heard.length = 0;
    this.persistence.reset();
  }
}
