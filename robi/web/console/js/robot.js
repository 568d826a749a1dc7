/**
 * The robot: what an app does with the protocol, whatever its face and voice look like.
 *
 * Owns who stands before it, what it is doing (`mood`), the utterance that is being said to it, and
 * that an answer is cut short when somebody cuts in. It tells what happens as events (`events.js`);
 * face, voice, body, eyes and panel listen to these and know nothing of each other. No DOM.
 *
 * An answer is performed: `begin`, `emotion`, `said`…, `expression`, `actions`, `end` (or `trouble`),
 * each with its turn. `replay` performs a turn again as it was recorded, so that whoever listens to
 * these need not know of replays. `hush` says that nothing more of a turn is to be spoken or shown.
 *
 * What is said to it is kept until the link tells that it is on its way (`sent`): a link that is lost or
 * frozen loses no words. Of too many utterances that wait, the oldest is told as `lost`.
 *
 * It is long for it is one class: what is said to the robot, what comes back and what cuts it short
 * all meet in the turn of the moment.
 */

import { apology } from './apology.js';
import { toBase64 } from './base64.js';
import { Emitter } from './emitter.js';
import { newId } from './ids.js';
import { moodOf } from './mood.js';
import { Turns, isRunning } from './turns.js';

/** @typedef {import('./link.js').Link} Link */
/** @typedef {import('./link.js').LinkEvents} LinkEvents */
/** @typedef {import('./link.js').Message} Message */
/** @typedef {import('./link.js').Passage} Passage */
/** @typedef {import('./turns.js').Turn} Turn */
/** @typedef {import('./turns.js').Unfinished} Unfinished */

/** @typedef {import('./events.js').AudioFormat} AudioFormat */
/** @typedef {import('./events.js').Context} Context */
/** @typedef {import('./events.js').Expression} Expression */
/** @typedef {import('./events.js').Person} Person */
/** @typedef {import('./events.js').RobotEvents} RobotEvents */
/** @typedef {import('./events.js').Showing} Showing */
/** @typedef {import('./mood.js').Mood} Mood */

export const UNKNOWN_PERSON = 'unknown';

/** The longest text that the server takes as one utterance. */
export const MAX_CHARS = 32768;

/** How sure a camera would be of a person who was chosen by hand. */
const CONFIDENCE = 0.95;
/** How long the face shows that something went wrong, in ms. */
const TROUBLE_MS = 4000;
/** An utterance of which nothing has come back for so long, in ms, is given up: the server says after less that the model is too slow. */
const UNANSWERED_MS = 45000;
/** Utterances that wait for a link; of more, the oldest is given up. A film is some megabytes. */
const UNSENT_KEPT = 4;
/** How long it looks around for people unless the server says otherwise, in ms. */
const SEARCH_MS = 8000;

/** An utterance aloud, kept until it is complete, since what a lost link had heard is lost with it.
 * @typedef {{requestId: string, format: AudioFormat | null, heard: (ArrayBuffer | Blob)[], complete: boolean}} Utterance */

/** @extends {Emitter<RobotEvents>} */
export class Robot extends Emitter {
  /** How much of the answer of the moment was spoken (UTF-16 code units), null when it is silent; set by the voice. @type {() => number | null} */
  spokenSoFar = () => null;
  turns = new Turns();
  /** The turn that is being played again. @type {Turn | null} */
  replaying = null;

  /** @type {Link} */ #link;
  /** @type {Person | null} */ #person = null;
  #confidence = CONFIDENCE;
  /** @type {Context} */ #context = {};
  /** Whether the server knows who is there and how the body is. */
  #introduced = false;
  /** The request that is to tell it. @type {string | null} */ #introducing = null;
  /** @type {Mood} */ #mood = 'idle';
  #speaking = false;
  /** @type {Utterance | null} */ #utterance = null;
  /** What was said and is not on its way yet: it goes out with the next link. @type {Message[]} */ #unsent = [];
  /** What an earlier page was saying, until it is known whether its session goes on. @type {Unfinished | null} */ #unfinished;
  /** The turn that is performed, or was last. @type {Turn | null} */ #performed = null;
  /** Whether it is performed again, so that the server need not know. */ #again = false;
  /** Whether words of it were said. */ #worded = false;
  /** The answers that somebody cut short here, and how that was told: what still comes of them is not performed. @type {WeakMap<Turn, Message>} */ #cut = new WeakMap();
  /** @type {ReturnType<typeof setTimeout>[]} */ #replayTimers = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #troubleTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #searchTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #answerTimer;
  #inTrouble = false;
  #searching = false;
  #searchMs = SEARCH_MS;
  #wasOpen = false;

  /**
   * @param {Link} link
   * @param {{person?: Person | null, unfinished?: Unfinished | null}} [options] who stood before it
   *   and what it was saying when the page was loaded anew
   */
  constructor(link, { person = null, unfinished = null } = {}) {
    super();
    this.#link = link;
    this.#person = person;
    this.#unfinished = unfinished;
    link.on('state', (change) => this.#linkChanged(change));
    link.on('message', (passage) => this.#hear(passage));
    link.on('sent', (passage) => this.#noteSent(passage));
    link.on('gap', (gap) => this.emit('gap', gap));
  }

  get link() {
    return this.#link;
  }

  get mood() {
    return this.#mood;
  }

  /** Who stands before it; null is a stranger. */
  get person() {
    return this.#person;
  }

  /** Whether it is listening to an utterance. */
  get listening() {
    return this.#utterance !== null && !this.#utterance.complete;
  }

  /** Whether an answer is being spoken; set by the voice. */
  get speaking() {
    return this.#speaking;
  }

  set speaking(on) {
    this.#speaking = on;
    this.#feel();
  }

  /** What the body knows of itself; told with the next utterance. */
  get context() {
    return this.#context;
  }

  set context(context) {
    this.#context = context;
    this.#introduced = false;
    this.#introducing = null;
  }

  /** What the page has to go on with if it is loaded again now; null if nothing is being said. */
  get unfinished() {
    const turn = this.#answering;
    if (!turn || this.#again || this.#cut.has(turn)) return this.#unfinished;
    const { requestId, asked, emotion, text, spokenBefore } = turn;
    const spoken = this.spokenSoFar();
    const spokenChars = spoken === null ? text.length : spokenBefore + spoken;
    return { requestId, asked, emotion, text, spokenChars, ended: !isRunning(turn) };
  }

  /** The turn that is answered, or whose answer is still spoken. */
  get #answering() {
    return this.turns.current ?? (this.#speaking ? this.#performed : null);
  }

  // ── what is said to it ─────────────────────────────────────────────────────────────────────

  /**
   * Say something in text. Without a link it is said as soon as there is one.
   *
   * @param {string} text
   * @returns {string | null} the id of the request; null if there is nothing to say
   */
  say(text) {
    const content = text.trim();
    if (!content) return null;
    const requestId = newId('web');
    this.#utter({ type: 'text', request_id: requestId, content });
    return requestId;
  }

  /**
   * Begin to listen to an utterance aloud; `hear` brings it.
   *
   * @param {AudioFormat | null} [format] of raw PCM; other sound is known by its first bytes
   * @returns {string} the id of the request
   */
  beginListening(format = null) {
    this.interrupt();
    this.#replaceUtterance();
    this.#utterance = { requestId: newId('web'), format, heard: [], complete: false };
    this.#introduce(this.#utterance);
    this.#feel();
    return this.#utterance.requestId;
  }

  /** @param {ArrayBuffer | Blob} bytes of the utterance, in order */
  hear(bytes) {
    if (!this.listening || !this.#utterance) return;
    this.#utterance.heard.push(bytes);
    this.#link.sendBytes(bytes);
  }

  /** The utterance is complete: it is to be answered. Without a link it goes out with the next one. */
  endListening() {
    const utterance = this.#utterance;
    if (!utterance || utterance.complete) return;
    utterance.complete = true;
    this.#endUtterance(utterance);
    this.#feel();
  }

  /** Forget what was heard of the utterance. */
  cancelListening() {
    if (!this.listening) return;
    this.#utterance = null;
    this.#introduce(); // which empties the server's ear
    this.#feel();
  }

  /**
   * Show it a picture, a film or a sound.
   *
   * @param {Showing} showing
   * @returns {Promise<string>} the id of the request
   */
  async show({ data, mime, purpose = 'context', text, requestId = newId('web'), durationMs = 0 }) {
    const base64 = toBase64(await data.arrayBuffer());
    const words = text?.trim() ? { text: text.trim() } : {};
    /** @type {Message} */
    let message = { type: 'multimodal', request_id: requestId, audio: base64, audio_mime: mime, ...words };
    if (mime.startsWith('image/')) {
      message = { type: 'image', request_id: requestId, purpose, data: base64, mime, ...words };
    } else if (mime.startsWith('video/')) {
      const length = { duration_ms: Math.round(durationMs) };
      message = { type: 'video', request_id: requestId, ...length, data: base64, mime, ...words };
    }
    this.#utter(message);
    return requestId;
  }

  /**
   * Cut in: what it says ends here.
   *
   * @param {number | null} [spokenChars] how much of the answer was spoken (UTF-16 code units); the voice knows, if it is not given
   */
  interrupt(spokenChars = this.spokenSoFar()) {
    if (this.#again) {
      this.#endReplay(spokenChars);
      return;
    }
    const turn = this.#answering;
    if (!turn || this.#cut.has(turn)) return;
    /** @type {Message} */
    const message = { type: 'interrupt', request_id: turn.requestId };
    if (spokenChars !== null) message.spoken_chars = turn.spokenBefore + spokenChars;
    this.#cut.set(turn, message);
    this.#link.send(message);
    this.#speaking = false;
    this.emit('hush', { requestId: turn.requestId, spokenChars });
    this.#feel();
  }

  // ── who and what is there ──────────────────────────────────────────────────────────────────

  /**
   * Somebody stands before it.
   *
   * @param {Person | null} person null is a stranger
   * @param {{confidence?: number, greet?: boolean}} [options] how sure its eyes are, and whether it may greet someone known
   */
  meet(person, { confidence = CONFIDENCE, greet = true } = {}) {
    this.interrupt();
    this.#endSearch();
    this.#confidence = confidence;
    this.#become(person);
    this.#introduce();
    if (person && greet) {
      const seen = { known: true, person_id: person.id, confidence };
      this.#link.send({ type: 'person_detected', request_id: newId('web'), ...seen });
    }
    this.#feel();
  }

  /** Look around for people. It ends with `meet`, or by itself. */
  search() {
    this.#link.send({ type: 'face_scan_mode', request_id: newId('web') });
    clearTimeout(this.#searchTimer);
    this.#searching = true;
    this.#searchTimer = setTimeout(() => this.#endSearch(), this.#searchMs);
    this.#feel();
  }

  /**
   * @param {number} level in percent
   * @param {'robot' | 'phone'} source
   */
  batteryAlert(level, source) {
    const battery = { battery_level: Math.round(level), source };
    this.#link.send({ type: 'battery_alert', request_id: newId('web'), ...battery });
  }

  // ── once more ──────────────────────────────────────────────────────────────────────────────

  /**
   * Perform a turn again as it was recorded, in its own time and without the server. Whatever is
   * said to the robot ends it.
   *
   * @param {Turn} turn
   */
  replay(turn) {
    this.interrupt();
    this.replaying = turn;
    const performed = turn.messages.filter(({ direction }) => direction === 'in');
    const origin = turn.sentAt ?? turn.startedAt;
    this.#begin(turn, { again: true });
    this.#replayTimers = performed.map(({ message, at }) =>
      setTimeout(() => this.#perform(turn, message), Math.max(0, at - origin)),
    );
    const length = (performed.at(-1)?.at ?? origin) - origin;
    const rest = setTimeout(() => {
      this.replaying = null; // its voice may still be speaking
      this.#feel();
    }, length + 1);
    this.#replayTimers.push(rest);
  }

  /** @param {number | null} [spokenChars] */
  #endReplay(spokenChars = null) {
    const turn = this.#performed;
    if (!this.#again || !turn) return;
    for (const timer of this.#replayTimers) clearTimeout(timer);
    this.#replayTimers = [];
    this.replaying = null;
    this.#again = false;
    this.emit('hush', { requestId: turn.requestId, spokenChars });
    this.#feel();
  }

  // ── to the server ──────────────────────────────────────────────────────────────────────────

  /** Send an utterance, or keep it for the next link. @param {Message} message */
  #utter(message) {
    this.interrupt();
    this.#replaceUtterance();
    this.#endSearch();
    this.#post(this.#link.state === 'open' ? message : this.#joined(message));
    this.#feel();
  }

  /** Another utterance comes: one aloud that still waits for a link will not be said. */
  #replaceUtterance() {
    const waited = this.#utterance?.complete;
    this.#utterance = null;
    if (waited) this.emit('lost', { text: '' });
  }

  /** Words that follow words that wait for a link are one utterance with them. @param {Message} message @returns {Message} */
  #joined(message) {
    const last = this.#unsent.at(-1);
    if (message.type !== 'text' || last?.type !== 'text') return message;
    const content = `${last.content}\n${message.content}`;
    if (content.length > MAX_CHARS) return message;
    this.#unsent.pop();
    return { ...message, content };
  }

  /** @param {Message} message an utterance, which is kept until it is on its way (`#noteSent`) */
  #post(message) {
    if (!this.#introduced) this.#introduce();
    this.#unsent.push(message);
    if (this.#link.send(message)) return;
    const [oldest] = this.#unsent.length > UNSENT_KEPT ? this.#unsent.splice(0, 1) : [];
    if (oldest) this.emit('lost', { text: wordsOf(oldest) });
    this.emit('unsent', { text: wordsOf(message) });
  }

  /**
   * Tell who is there and how the body is. It also empties the server's ear.
   *
   * @param {Utterance | null} [utterance] one that begins with it
   */
  #introduce(utterance = null) {
    /** @type {Message} */
    const start = {
      type: 'interaction_start',
      request_id: utterance?.requestId ?? newId('web'),
      person_id: this.#person?.id ?? UNKNOWN_PERSON,
      face_recognized: this.#person !== null,
      face_confidence: this.#person ? this.#confidence : null,
      context: this.#context,
    };
    if (utterance?.format) start.audio_format = utterance.format;
    this.#introducing = start.request_id;
    this.#link.send(start);
  }

  /** @param {Utterance} utterance which is kept until its end is on its way (`#noteSent`) */
  #endUtterance(utterance) {
    this.#link.send({ type: 'audio_end', request_id: utterance.requestId });
  }

  /** Say again what the last link took with it, or never had. */
  #catchUp() {
    const running = this.turns.current;
    const interruption = running && this.#cut.get(running);
    if (interruption) this.#link.send(interruption);
    for (const message of this.#unsent.splice(0)) {
      this.interrupt();
      this.#post(message);
    }
    const utterance = this.#utterance;
    if (!utterance) return;
    this.#introduce(utterance);
    for (const bytes of utterance.heard) this.#link.sendBytes(bytes);
    if (utterance.complete) this.#endUtterance(utterance);
  }

  /** Go on with what the page before this one was saying. @param {Unfinished} unfinished */
  #goOn(unfinished) {
    const { text, emotion, spokenChars, ended } = unfinished;
    // From the beginning of the word in which it was cut off.
    const from = spokenChars < text.length ? text.lastIndexOf(' ', spokenChars) + 1 : text.length;
    if (ended && from === text.length) return;
    const now = performance.now();
    const turn = this.turns.takeUp({ ...unfinished, spokenChars: from }, now);
    this.#begin(turn);
    const of = { requestId: turn.requestId, turn };
    if (emotion) this.emit('emotion', { ...of, emotion });
    if (from < text.length) this.#perform(turn, { type: 'text_chunk', text: text.slice(from) });
    if (ended) this.emit('end', of);
    else this.#expectAnswer(turn);
    this.emit('turn', turn);
  }

  /** @param {Passage} passage */
  #noteSent(passage) {
    this.emit('sent', passage);
    const { type, request_id: requestId } = passage.message;
    if (type === 'interaction_start' && requestId === this.#introducing) this.#introduced = true;
    if (type === 'audio_end' && requestId === this.#utterance?.requestId) this.#utterance = null;
    this.#unsent = this.#unsent.filter((kept) => kept.type !== type || kept.request_id !== requestId);
    const turn = this.turns.sent(passage);
    if (!turn || passage.message.type === 'audio bytes') return; // nobody hears of every piece
    if (passage.message.type !== 'interrupt') {
      this.#expectAnswer(turn);
      this.#begin(turn);
    }
    this.emit('turn', turn);
    this.#feel();
  }

  /** Give `turn` up if nothing at all comes of it. @param {Turn} turn */
  #expectAnswer(turn) {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = setTimeout(() => {
      const heardOf = turn.messages.some(({ direction }) => direction === 'in');
      if (heardOf || !isRunning(turn)) return;
      this.turns.giveUp(turn);
      // Perhaps nothing arrives any more, and the socket does not know: the next one will.
      if (this.#link.state === 'open') this.#link.kill();
      this.#tellLost([turn]);
    }, UNANSWERED_MS);
  }

  // ── from the server ────────────────────────────────────────────────────────────────────────

  /** @param {LinkEvents['state']} change */
  #linkChanged(change) {
    if (change.state !== 'open') {
      this.emit('state', change);
      this.#feel();
      return;
    }
    this.#wasOpen = true;
    const goesOn = change.resumed === true && change.sameSession === true;
    const lost = goesOn ? [] : this.turns.lose();
    const unfinished = goesOn ? this.#unfinished : null;
    this.#unfinished = null;
    this.emit('state', change);
    this.#tellLost(lost); // after it: what is told of the link is over now, and this is not
    // Not where a session goes on: it would end the answer that may still be coming.
    if (!goesOn) {
      this.#introduced = false;
      this.#introduce();
    }
    if (unfinished) this.#goOn(unfinished);
    this.#catchUp();
    this.#feel();
  }

  /** @param {Turn[]} turns */
  #tellLost(turns) {
    for (const turn of turns) {
      this.emit('turn', turn);
      this.emit('hush', { requestId: turn.requestId, spokenChars: null });
      this.emit('lost', { text: turn.asked ?? '' });
    }
    this.#feel();
  }

  /** @param {Passage} passage */
  #hear(passage) {
    this.emit('message', passage);
    const { message } = passage;
    const known = this.turns.get(message.request_id);
    const turn = this.turns.received(passage);
    if (turn && turn !== known) {
      this.#endReplay(); // it speaks by itself: a greeting, a reminder
      this.#begin(turn);
    }
    switch (message.type) {
      case 'auth_ok':
        this.#searchMs = message.settings?.person_search_timeout_ms ?? SEARCH_MS;
        break;
      case 'person_registered':
        this.#become({ id: message.person_id, name: message.name });
        break;
      case 'low_battery_alert':
        this.emit('battery', { batteryLevel: message.battery_level, source: message.source });
        break;
      case 'face_scan_actions':
        this.emit('actions', { requestId: message.request_id, turn: null, actions: message.actions });
        break;
      case 'capture_request':
        if (!turn || this.#cut.has(turn)) break;
        this.emit('capture', {
          requestId: message.request_id,
          type: message.capture_type,
          durationMs: message.duration_ms ?? null,
        });
        break;
      case 'error':
        if (message.request_id === this.#utterance?.requestId) this.#utterance = null;
        // Before the link is open it is about the key or the server, not about what was said.
        if (!turn && this.#link.state === 'open') this.#tellTrouble(message, null);
        break;
    }
    if (!turn) return;
    if (!this.#cut.has(turn)) this.#perform(turn, message);
    this.emit('turn', turn);
    this.#feel();
  }

  /** @param {Turn} turn @param {{again: boolean}} [options] */
  #begin(turn, { again } = { again: false }) {
    this.#performed = turn;
    this.#again = again;
    this.#worded = false;
    this.#endTrouble();
    this.emit('begin', { requestId: turn.requestId, turn });
    this.#feel();
  }

  /** Let face, voice and body do what `message` says. @param {Turn} turn @param {Message} message */
  #perform(turn, message) {
    const of = { requestId: turn.requestId, turn };
    switch (message.type) {
      case 'emotion':
        this.emit('emotion', { ...of, emotion: message.emotion });
        break;
      case 'text_chunk':
        this.#worded = true;
        this.emit('said', { ...of, text: message.text });
        break;
      case 'response_meta':
        if (message.expression?.emojis?.length) {
          this.emit('expression', {
            ...of,
            emojis: message.expression.emojis,
            durationMs: message.expression.duration_per_emoji,
            transition: message.expression.transition,
          });
        }
        if (message.actions?.length) this.emit('actions', { ...of, actions: message.actions });
        break;
      case 'stream_end':
        this.emit('end', of);
        break;
      case 'error':
        this.#tellTrouble(message, turn);
        break;
    }
  }

  /** @param {Message} message @param {Turn | null} turn */
  #tellTrouble(message, turn) {
    clearTimeout(this.#troubleTimer);
    this.#inTrouble = true;
    this.#troubleTimer = setTimeout(() => {
      this.#endTrouble();
      this.#feel();
    }, TROUBLE_MS);
    this.emit('trouble', {
      requestId: message.request_id ?? null,
      turn,
      errorCode: message.error_code,
      message: apology(message.error_code, message.message),
      retryAfter: message.retry_after ?? null,
    });
    this.#feel();
  }

  // ── inside ─────────────────────────────────────────────────────────────────────────────────

  /** @param {Person | null} person */
  #become(person) {
    this.#person = person;
    this.emit('person', person);
  }

  #endTrouble() {
    clearTimeout(this.#troubleTimer);
    this.#inTrouble = false;
  }

  #endSearch() {
    clearTimeout(this.#searchTimer);
    this.#searching = false;
    this.#feel();
  }

  #feel() {
    const running = this.turns.current;
    const turn = this.replaying ?? (running && this.#cut.has(running) ? null : running);
    const mood = moodOf({
      link: this.#link.state,
      wasOpen: this.#wasOpen,
      listening: this.listening,
      waiting: this.#utterance !== null,
      inTrouble: this.#inTrouble,
      speaking: this.#speaking,
      worded: turn === this.#performed && this.#worded,
      replaying: this.replaying !== null,
      turn,
      searching: this.#searching,
    });
    if (mood === this.#mood) return;
    this.#mood = mood;
    this.emit('mood', mood);
  }
}

/** What was said in `message`, or ''. @param {Message} message @returns {string} */
function wordsOf(message) {
  return message.content ?? message.text ?? '';
}
