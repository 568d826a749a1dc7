/**
 * The link to the server: one WebSocket after another (protocol.md §1, §5).
 *
 * Owns authentication, coming back with back-off, the place in the session (`sessionId`, `lastSeq`)
 * and that each message is told once: what a resumption sends again is dropped, what is missing is
 * told as `gap`. It knows nothing of turns. It touches nothing of the browser but WebSocket and
 * timers, so that a test can give it others.
 *
 * What it tells (see `LinkEvents`) never holds the key, nor media: `outline` shortens them, so that
 * whoever keeps messages keeps no secret and no megabytes. It is long for it is one state machine, with
 * the types of what it tells.
 */

import { Emitter } from './emitter.js';

/**
 * A message of the protocol as JSON (protocol.md §2, §3); `type` says which.
 *
 * @typedef {{type: string, [name: string]: any}} Message
 */

/**
 * A message on its way: `bytes` on the wire, `at` in ms of `performance.now()`. A binary frame is
 * `{type: 'audio bytes'}`.
 *
 * @typedef {{message: Message, bytes: number, at: number}} Passage
 */

/**
 * How it stands with the link. `connecting`: a socket opens, or waits for `auth_ok`. `open`: the
 * server has said `auth_ok`. `waiting`: it will try again in `retryInMs`. `refused`: it will not,
 * for the key is wrong (1008) or another place took over (4409). `stopped`: it was told to stop, or
 * never to start.
 *
 * @typedef {'connecting' | 'open' | 'waiting' | 'refused' | 'stopped'} LinkState
 */

/**
 * @typedef {object} StateChange
 * @property {LinkState} state
 * @property {number} [retryInMs] in state `waiting`
 * @property {number} [closeCode] of the socket before, in `waiting` and `refused`
 * @property {string} [errorCode] what the server said before it closed (`API_KEY_INVALID`, …)
 * @property {boolean} [resumed] in state `open`: whether the session goes on where it was
 * @property {boolean} [sameSession] in state `open`: whether it is the session that was asked for
 */

/**
 * @typedef {object} LinkEvents
 * @property {StateChange} state
 * @property {Passage} message each message of the server, once
 * @property {Passage} sent
 * @property {{expected: number, got: number}} gap messages that will never come
 */

/** @typedef {{sessionId: string, lastSeq: number}} Place where to go on in a session */

/**
 * @typedef {object} LinkOptions
 * @property {string} url of the WebSocket
 * @property {string} key the property of the same name may be changed before `start`
 * @property {string} deviceId
 * @property {Place | null} [resume] the place that an earlier page had come to
 * @property {string[]} [features] what this client understands beyond the protocol
 * @property {(url: string) => WebSocket} [openSocket] for tests
 * @property {() => number} [random] in [0, 1), for the jitter; for tests
 */

/** Pauses between two attempts, in ms (protocol.md §5); the last one repeats. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 16000, 30000];
/** A pause is shortened by up to this share, so that many robots do not come back at once. */
const JITTER = 0.3;
/** A socket that has not brought `auth_ok` within this time, in ms, is given up. */
const GREETING_MS = 15000;

const NORMAL_CLOSURE = 1000;
const POLICY_VIOLATION = 1008;
const TAKEN_OVER = 4409;
/** Sent by `kill`: of the numbers for private use. To the server any code but 1000 is a link lost. */
const KILLED = 4000;

/** What error codes with close 1008 say that trying again may help: it was too late, or too soon. */
const PASSING = ['WS_AUTH_FAILED', 'RATE_LIMIT_EXCEEDED'];

/** Fields that hold secrets or media, and from which length on they are shortened. */
const HIDDEN_FIELDS = ['api_key'];
const MEDIA_FIELDS = ['data', 'audio', 'image', 'video', 'face_embedding'];
const MEDIA_SHOWN_CHARS = 48;

/** @extends {Emitter<LinkEvents>} */
export class Link extends Emitter {
  /** Said in each `auth`. @type {string} */ key;
  /** @type {LinkOptions} */ #options;
  /** @type {WebSocket | null} */ #socket = null;
  /** @type {LinkState} */ #state = 'stopped';
  /** @type {Place | null} */ #place;
  /** Whether any number may come next, for nobody knows which is due. */
  #anySeq = false;
  /** Pauses since the last `auth_ok`. */
  #attempts = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {{errorCode: string, retryAfter: number} | null} */ #refusal = null;
  /** What waits while frozen, in order; null when not frozen. @type {(() => void)[] | null} */
  #frozen = null;

  /** @param {LinkOptions} options */
  constructor(options) {
    super();
    this.#options = options;
    this.key = options.key;
    this.#place = options.resume ? { ...options.resume } : null;
  }

  /** @returns {LinkState} */
  get state() {
    return this.#state;
  }

  /** @returns {string | null} */
  get sessionId() {
    return this.#place?.sessionId ?? null;
  }

  /** `seq` of the last message of this session; 0 before the first. @returns {number} */
  get lastSeq() {
    return this.#place?.lastSeq ?? 0;
  }

  /** @returns {boolean} */
  get frozen() {
    return this.#frozen !== null;
  }

  /** Connect, and stay connected until `stop`. */
  start() {
    if (this.#state === 'connecting' || this.#state === 'open') return;
    this.#attempts = 0;
    this.#connect();
  }

  /** Leave for good (1000): the server ends what it is saying. */
  stop() {
    this.#drop(NORMAL_CLOSURE);
    this.#become({ state: 'stopped' });
  }

  /** Try again now, if it waits: the network is back, or somebody looks at the page. */
  hurry() {
    if (this.#state === 'waiting') this.#connect();
  }

  /** Lose the socket as a dead network would, and come back after the first pause. */
  kill() {
    if (this.#state !== 'connecting' && this.#state !== 'open') return;
    this.#drop(KILLED);
    this.#wait(KILLED);
  }

  /**
   * Read and send nothing until it is off again; what comes or is said meanwhile is handled then.
   *
   * @param {boolean} on
   */
  freeze(on) {
    if (on) {
      this.#frozen ??= [];
      return;
    }
    const held = this.#frozen ?? [];
    this.#frozen = null;
    for (const handle of held) handle();
  }

  /**
   * Send a message. That it is on its way is told as `sent`: a frozen link that is lost drops it.
   *
   * @param {Message} message
   * @returns {boolean} whether there was an open link to send it on
   */
  send(message) {
    if (this.#state !== 'open') return false;
    const text = JSON.stringify(message);
    this.#handOver(text, { message: outline(message), bytes: utf8Length(text) });
    return true;
  }

  /**
   * Send a binary frame: bytes of the audio of the utterance.
   *
   * @param {ArrayBuffer | Blob} bytes
   * @returns {boolean} whether there was an open link to send it on
   */
  sendBytes(bytes) {
    if (this.#state !== 'open') return false;
    const size = bytes instanceof ArrayBuffer ? bytes.byteLength : bytes.size;
    this.#handOver(bytes, { message: { type: 'audio bytes' }, bytes: size });
    return true;
  }

  /**
   * @param {string | ArrayBuffer | Blob} frame
   * @param {{message: Message, bytes: number}} passage
   */
  #handOver(frame, passage) {
    const socket = this.#socket;
    this.#unlessFrozen(() => {
      if (socket !== this.#socket || !socket) return; // it was lost while frozen
      socket.send(frame);
      this.emit('sent', { ...passage, at: performance.now() });
    });
  }

  // ── a socket, from opening to its end ──────────────────────────────────────────────────────

  #connect() {
    clearTimeout(this.#timer);
    this.#become({ state: 'connecting' });
    this.#refusal = null;
    const open = this.#options.openSocket ?? ((url) => new WebSocket(url));
    const socket = open(this.#options.url);
    this.#socket = socket;
    /** @param {() => void} handle of an event of this socket, unless it was dropped before */
    const mine = (handle) => this.#unlessFrozen(() => socket === this.#socket && handle());
    socket.addEventListener('open', () => mine(() => this.#authenticate(socket)));
    socket.addEventListener('message', ({ data }) => mine(() => this.#read(data)));
    socket.addEventListener('close', ({ code }) => mine(() => this.#closed(code)));
    this.#timer = setTimeout(() => mine(() => this.kill()), GREETING_MS);
  }

  /** @param {WebSocket} socket */
  #authenticate(socket) {
    /** @type {Message} */
    const auth = { type: 'auth', api_key: this.key, device_id: this.#options.deviceId };
    if (this.#options.features?.length) auth.features = this.#options.features;
    if (this.#place) {
      auth.session_id = this.#place.sessionId;
      auth.last_seq = this.#place.lastSeq;
    }
    const text = JSON.stringify(auth);
    socket.send(text);
    const passage = { message: outline(auth), bytes: utf8Length(text), at: performance.now() };
    this.emit('sent', passage);
  }

  /** @param {unknown} data */
  #read(data) {
    if (typeof data !== 'string') throw new TypeError('the server sends no binary frames');
    const passage = { message: JSON.parse(data), bytes: utf8Length(data), at: performance.now() };
    const { message } = passage;
    if (message.type === 'auth_ok') {
      this.emit('message', passage);
      this.#greeted(message);
    } else if (this.#state !== 'open' || isOfKey(message)) {
      this.#refusal = { errorCode: message.error_code, retryAfter: message.retry_after ?? 0 };
      this.emit('message', passage);
    } else if (this.#isDue(message.seq)) {
      this.emit('message', passage);
    }
  }

  /** @param {Message} hello */
  #greeted(hello) {
    clearTimeout(this.#timer);
    this.#attempts = 0;
    const sameSession = this.#place?.sessionId === hello.session_id;
    const placed = hello.resumed && sameSession;
    // Not resumed, and yet the same session: the server went on counting without us (§5). Resumed,
    // but not by us: this device had a session before, which is somewhere in its numbers.
    this.#anySeq = !placed && (sameSession || hello.resumed);
    if (!sameSession) this.#place = { sessionId: hello.session_id, lastSeq: 0 };
    this.#become({ state: 'open', resumed: hello.resumed, sameSession });
  }

  /**
   * Whether the message with this number is one that was not told yet.
   *
   * @param {number | undefined} seq
   */
  #isDue(seq) {
    if (seq === undefined || !this.#place) return true; // last words before a close
    const expected = this.#place.lastSeq + 1;
    if (!this.#anySeq && seq < expected) return false;
    if (!this.#anySeq && seq > expected) this.emit('gap', { expected, got: seq });
    this.#anySeq = false;
    this.#place.lastSeq = seq;
    return true;
  }

  /** @param {number} code */
  #closed(code) {
    this.#socket = null;
    clearTimeout(this.#timer);
    const errorCode = this.#refusal?.errorCode;
    const refused = code === POLICY_VIOLATION && !PASSING.includes(errorCode ?? '');
    if (refused || code === TAKEN_OVER) {
      this.#become({ state: 'refused', closeCode: code, errorCode });
    } else {
      this.#wait(code);
    }
  }

  /** Wait before the next attempt. @param {number} closeCode of the last one */
  #wait(closeCode) {
    const random = this.#options.random ?? Math.random;
    const pause = PAUSES_MS[Math.min(this.#attempts, PAUSES_MS.length - 1)] ?? 0;
    const asked = (this.#refusal?.retryAfter ?? 0) * 1000;
    const retryInMs = Math.max(Math.round(pause * (1 - JITTER * random())), asked);
    this.#attempts += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#unlessFrozen(() => this.hurry()), retryInMs);
    const errorCode = this.#refusal?.errorCode;
    this.#become({ state: 'waiting', retryInMs, closeCode, errorCode });
  }

  /** Hear nothing more of the socket of the moment, and close it. @param {number} code */
  #drop(code) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(code);
  }

  /** @param {StateChange} change */
  #become(change) {
    this.#state = change.state;
    this.emit('state', change);
  }

  /** @param {() => void} handle */
  #unlessFrozen(handle) {
    if (this.#frozen) this.#frozen.push(handle);
    else handle();
  }
}

/**
 * `message` without what nobody should keep: the key, and media of more than a line.
 *
 * @param {Message} message
 * @returns {Message}
 */
export function outline(message) {
  const copy = { ...message };
  for (const name of HIDDEN_FIELDS) {
    if (name in copy) copy[name] = '…';
  }
  for (const name of MEDIA_FIELDS) {
    const value = copy[name];
    if (typeof value === 'string' && value.length > MEDIA_SHOWN_CHARS) {
      copy[name] = `${value.slice(0, MEDIA_SHOWN_CHARS)}… (${value.length})`;
    }
  }
  return copy;
}

/** @param {string} text @returns {number} */
function utf8Length(text) {
  return new TextEncoder().encode(text).length;
}

/** Whether it says that the key of this page is good no more: then the link is about to be closed. @param {Message} message */
function isOfKey(message) {
  return message.type === 'error' && `${message.error_code}`.startsWith('API_KEY');
}
