/**
 * Turns as a client sees them: one utterance and its answer, from what passes over the link.
 *
 * Owns which message belongs to which turn and the times of each turn. Pure: times come with the
 * messages, in ms of any one clock.
 *
 * A turn begins when something is sent that asks for an answer, or with the first message under an
 * id that nobody sent (a greeting, a reminder). It ends with `stream_end` or `error`, or is lost
 * with its session. An id may come again: what answers a `capture_request` has the id of the turn
 * that asked for it, and is a new turn. A third of this file is the list of what a turn holds.
 */

/** @typedef {import('./link.js').Message} Message */
/** @typedef {import('./link.js').Passage} Passage */

/**
 * What began a turn: words typed, an utterance aloud, a picture, a film, several media, somebody
 * who appeared, or (`due`) the robot by itself: a timer or reminder, or the rest of an answer that an
 * earlier page had asked for.
 *
 * @typedef {'text' | 'voice' | 'image' | 'video' | 'multimodal' | 'greeting' | 'due'} Kind
 */

/**
 * An answer in the middle of which the page was loaded again: `text` came of it, and `spokenChars`
 * of that were spoken; `ended` says that no more will come.
 *
 * @typedef {{requestId: string, asked: string | null, emotion: string | null, text: string, spokenChars: number, ended: boolean}} Unfinished
 */

/** @typedef {{direction: 'out' | 'in', at: number, bytes: number, message: Message}} Recorded */

/** Where the server's time went, integers in ms. @typedef {{recall_ms: number, queue_ms: number, model_ms: number}} Timings */

/**
 * @typedef {object} TurnError
 * @property {string} errorCode such as `GEMINI_TIMEOUT`
 * @property {number} code
 * @property {string} message fit to be spoken
 * @property {boolean} recoverable
 * @property {number | null} retryAfter seconds
 */

/**
 * @typedef {object} Turn
 * @property {string} requestId
 * @property {Kind} kind
 * @property {string | null} asked the words, where they are known
 * @property {number} startedAt the first message of it, either way
 * @property {number | null} sentAt the utterance was complete; null if there was none
 * @property {number | null} emotionAt
 * @property {number | null} firstTextAt
 * @property {number | null} lastTextAt
 * @property {number | null} metaAt
 * @property {number | null} endAt the terminal message
 * @property {string | null} emotion
 * @property {string} text all that came of the answer
 * @property {Message | null} meta its `response_meta`
 * @property {{type: 'photo' | 'video', durationMs: number | null} | null} capture
 * @property {TurnError | null} error
 * @property {number} spokenBefore how much of its text an earlier page spoke (UTF-16 code units)
 * @property {boolean} interrupted the server says that it was cut short
 * @property {number | null} spokenChars of its text, where the person cut in (UTF-16 code units)
 * @property {boolean} lost its end will never come: the session is gone
 * @property {{input_tokens: number, output_tokens: number} | null} usage
 * @property {Timings | null} timings only of a server that was asked for them
 * @property {Recorded[]} messages all of it, both ways
 */

/** What asks for an answer, and what kind of turn it begins. @type {Record<string, Kind>} */
const UTTERANCES = { text: 'text', audio_end: 'voice', image: 'image', video: 'video', multimodal: 'multimodal' };

/** Turns that are kept; of more, the oldest are dropped. */
const KEPT = 200;

export class Turns {
  /** Oldest first. @type {Turn[]} */
  list = [];
  /** The latest turn of each id. @type {Map<string, Turn>} */
  #byId = new Map();
  /** An `interaction_start`: of an utterance aloud, if audio follows. @type {Recorded | null} */
  #start = null;
  /** The turn whose audio is being sent. @type {Turn | null} */
  #heard = null;
  /** A `person_detected`, which may be answered with a greeting. @type {Recorded | null} */
  #appeared = null;

  /** The latest turn, if its end is still to come; an utterance counts once it is complete. @returns {Turn | null} */
  get current() {
    const running = this.list.filter((turn) => isRunning(turn) && turn !== this.#heard);
    return running.at(-1) ?? null;
  }

  /** The latest turn of this id, if it is still kept. @param {string} requestId @returns {Turn | null} */
  get(requestId) {
    return this.#byId.get(requestId) ?? null;
  }

  /**
   * Take note of a message that was sent.
   *
   * @param {Passage} passage
   * @returns {Turn | null} the turn that it belongs to
   */
  sent(passage) {
    const { message } = passage;
    /** @type {Recorded} */
    const recorded = { direction: 'out', ...passage };
    switch (message.type) {
      case 'interaction_start':
        this.#cancelHeard();
        this.#start = recorded;
        return null;
      case 'audio bytes':
        return this.#hear(recorded);
      case 'person_detected':
        this.#appeared = recorded;
        return null;
      case 'interrupt':
        return this.#interrupt(recorded);
      default:
        return message.type in UTTERANCES ? this.#ask(recorded) : null;
    }
  }

  /**
   * Take note of a message that came.
   *
   * @param {Passage} passage
   * @returns {Turn | null} the turn that it belongs to
   */
  received(passage) {
    const { message, at } = passage;
    const requestId = message.request_id;
    if (typeof requestId !== 'string' || message.type === 'face_scan_actions') return null;
    if (message.type === 'low_battery_alert') return null;
    let turn = this.#byId.get(requestId);
    if (!turn || !isRunning(turn)) {
      if (message.type === 'error') return null; // about something that is no turn, or over
      turn = this.#unasked(requestId, at);
    }
    turn.messages.push({ direction: 'in', ...passage });
    takeIn(turn, message, at);
    if (turn === this.#heard && !isRunning(turn)) this.#heard = null;
    return turn;
  }

  /**
   * Take up the turn that an earlier page was in the middle of.
   *
   * @param {Unfinished} unfinished
   * @param {number} at
   * @returns {Turn}
   */
  takeUp({ requestId, asked, emotion, text, spokenChars, ended }, at) {
    const turn = this.#begin(requestId, 'due', at);
    Object.assign(turn, { asked, emotion, text, spokenBefore: spokenChars, endAt: ended ? at : null });
    return turn;
  }

  /**
   * Give up every turn whose end is still to come: their session is gone.
   *
   * @returns {Turn[]} these
   */
  lose() {
    const lost = this.list.filter(isRunning);
    for (const turn of lost) turn.lost = true;
    this.#heard = null;
    this.#start = null;
    return lost;
  }

  /** Give up one turn. @param {Turn} turn */
  giveUp(turn) {
    turn.lost = true;
    if (turn === this.#heard) this.#heard = null;
  }

  /** @param {Recorded} recorded */
  #hear(recorded) {
    if (!this.#heard) {
      const start = this.#start;
      this.#start = null;
      this.#heard = this.#begin(start?.message.request_id ?? '', 'voice', start?.at ?? recorded.at);
      if (start) this.#heard.messages.push(start);
    }
    this.#heard.messages.push(recorded);
    return this.#heard;
  }

  /** What was being heard is thrown away: the robot begins to listen anew. It was no turn. */
  #cancelHeard() {
    const heard = this.#heard;
    if (!heard) return;
    this.#heard = null;
    this.list = this.list.filter((turn) => turn !== heard);
    if (this.#byId.get(heard.requestId) === heard) this.#byId.delete(heard.requestId);
  }

  /** @param {Recorded} recorded */
  #ask(recorded) {
    const { message, at } = recorded;
    const kind = UTTERANCES[message.type] ?? 'text';
    const heard = kind === 'voice' ? this.#heard : null;
    const turn = heard ?? this.#begin(message.request_id, kind, at);
    if (heard) {
      this.#heard = null;
      this.#name(heard, message.request_id);
    }
    turn.asked = message.content ?? message.text ?? null;
    turn.sentAt = at;
    turn.messages.push(recorded);
    return turn;
  }

  /** @param {Recorded} recorded */
  #interrupt(recorded) {
    const turn = this.#byId.get(recorded.message.request_id);
    if (!turn) return null;
    turn.spokenChars = recorded.message.spoken_chars ?? null;
    turn.messages.push(recorded);
    return turn;
  }

  /** @param {string} requestId @param {number} at */
  #unasked(requestId, at) {
    const appeared = this.#appeared?.message.request_id === requestId ? this.#appeared : null;
    const turn = this.#begin(requestId, appeared ? 'greeting' : 'due', appeared?.at ?? at);
    if (appeared) {
      turn.sentAt = appeared.at;
      turn.messages.push(appeared);
      this.#appeared = null;
    }
    return turn;
  }

  /** @param {string} requestId @param {Kind} kind @param {number} at */
  #begin(requestId, kind, at) {
    const turn = newTurn(requestId, kind, at);
    this.list.push(turn);
    if (this.list.length > KEPT) {
      const oldest = this.list.shift();
      if (oldest && this.#byId.get(oldest.requestId) === oldest) this.#byId.delete(oldest.requestId);
    }
    this.#byId.set(requestId, turn);
    return turn;
  }

  /** @param {Turn} turn @param {string} requestId */
  #name(turn, requestId) {
    if (this.#byId.get(turn.requestId) === turn) this.#byId.delete(turn.requestId);
    turn.requestId = requestId;
    this.#byId.set(requestId, turn);
  }
}

/** Whether the end of `turn` is still to come. @param {Turn} turn */
export function isRunning(turn) {
  return turn.endAt === null && !turn.lost;
}

/** @param {string} requestId @param {Kind} kind @param {number} at @returns {Turn} */
function newTurn(requestId, kind, at) {
  return {
    requestId,
    kind,
    asked: null,
    startedAt: at,
    sentAt: null,
    emotionAt: null,
    firstTextAt: null,
    lastTextAt: null,
    metaAt: null,
    endAt: null,
    emotion: null,
    text: '',
    meta: null,
    capture: null,
    error: null,
    spokenBefore: 0,
    interrupted: false,
    spokenChars: null,
    lost: false,
    usage: null,
    timings: null,
    messages: [],
  };
}

/** @param {Turn} turn @param {Message} message @param {number} at */
function takeIn(turn, message, at) {
  switch (message.type) {
    case 'emotion':
      turn.emotion = message.emotion;
      turn.emotionAt = at;
      break;
    case 'text_chunk':
      turn.text += message.text;
      turn.firstTextAt ??= at;
      turn.lastTextAt = at;
      break;
    case 'capture_request':
      turn.capture = { type: message.capture_type, durationMs: message.duration_ms ?? null };
      break;
    case 'response_meta':
      turn.meta = message;
      turn.metaAt = at;
      break;
    case 'stream_end':
      turn.endAt = at;
      turn.interrupted = message.interrupted === true;
      turn.usage = message.usage ?? null;
      turn.timings = message.timings ?? null;
      break;
    case 'error':
      turn.endAt = at;
      turn.error = {
        errorCode: message.error_code,
        code: message.code,
        message: message.message,
        recoverable: message.recoverable,
        retryAfter: message.retry_after ?? null,
      };
      break;
  }
}
