/**
 * How a person speaks to the robot: holding a button, tapping it, or with both hands free.
 *
 * Owns when an utterance begins and ends, and the switch for hands-free. What is speech is decided in
 * `silence.js`, how sound becomes bytes in `microphone.js`; the button is in `talkbutton.js`.
 *
 * - Held (pointer, or space): everything is sent from pressing to letting go.
 * - Tapped (a short press, Enter, or the click of a screen reader): what is said until two seconds
 *   of silence, or the next tap, is sent. Nobody needs to be able to hold a button.
 * - Hands-free: as long as it is on, each utterance begins and ends by itself.
 *
 * Whoever speaks while the robot does cuts in: `robot.beginListening` interrupts.
 */

import { h } from './dom.js';
import { DeviceTrouble } from './devices.js';
import { LOOK_BACK_MS, Microphone } from './microphone.js';
import { BargeInDetector, SilenceDetector } from './silence.js';
import { TalkButton } from './talkbutton.js';
import './words/media.js';

/** A press that is shorter is a tap. */
const TAP_MS = 350;
/** A tap after which nobody says anything is over then. */
const NOTHING_SAID_MS = 8000;
/** The server takes a minute of sound. */
const LONGEST_MS = 59_000 - LOOK_BACK_MS;
/** A microphone that nobody uses is closed, so that the browser's red light goes out. */
const IDLE_MS = 20_000;
const TICK_MS = 50;
/** So long after its last word the room may still hold the robot's voice. */
const ECHO_MS = 400;

/** @typedef {import('./robot.js').Robot} Robot */
/** @typedef {'held'|'tapped'|'hands-free'} Way how an utterance came about */

/**
 * @param {HTMLElement} root
 * @param {Robot} robot
 */
export function mountEars(root, robot) {
  return new Ears(root, robot);
}

class Ears {
  /** @type {Microphone|null} */
  #microphone = null;
  /** @type {Promise<Microphone|null>|null} */
  #opening = null;
  /** @type {{way: Way, recording: import('./microphone.js').Recording, since: number}|null} */
  #utterance = null;
  /** What a press that is under way asks for. @type {Way|null} */
  #wanted = null;
  #pressedAt = 0;
  /** Resolves when the last utterance was given out whole; the next one begins after it. */
  #ended = Promise.resolve();
  #ending = false;
  #handsFree = false;
  /** When the robot was last heard to speak. */
  #robotSpokeAt = -Infinity;
  #overRobot = false;
  #usedAt = 0;
  #timer = 0;
  #silence = new SilenceDetector();
  #bargeIn = new BargeInDetector();

  /** @param {HTMLElement} root @param {Robot} robot */
  constructor(root, robot) {
    this.robot = robot;
    this.talk = new TalkButton({
      press: () => void this.press(),
      release: () => void this.release(),
      tap: () => void this.tap(),
    });
    this.free = h('button', {
      type: 'button',
      class: 'ears-free',
      role: 'switch',
      'aria-checked': 'false',
      word: 'ears.free',
      words: { title: 'ears.free.title' },
      onclick: () => this.setHandsFree(!this.#handsFree),
    });
    this.note = h('p', { class: 'ears-note', role: 'status' });
    root.append(this.talk.element, this.free, this.note);
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape' && this.#utterance) void this.#cancel();
    });
    document.addEventListener('visibilitychange', () => this.#visibilityChanged());
  }

  /** The button, or space, goes down. */
  async press() {
    this.#pressedAt = performance.now();
    if (this.#utterance) {
      await this.#finish(); // what was tapped or began by itself is ended by hand
      return;
    }
    this.#wanted = 'held';
    await this.#beginWanted();
  }

  /** It is let go. */
  async release() {
    const held = performance.now() - this.#pressedAt >= TAP_MS;
    if (this.#utterance?.way === 'held') {
      if (held) await this.#finish();
      else this.#becomeTapped();
    } else if (this.#wanted) {
      // The microphone is still being opened, perhaps because the browser asks for permission:
      // what was said meanwhile is lost, and whoever let go has to be told.
      this.#wanted = held ? null : 'tapped';
      if (held) this.#say('ears.note.ready');
    }
  }

  /** Begin to listen until there is silence, or end it. */
  async tap() {
    if (this.#utterance) {
      await this.#finish();
      return;
    }
    this.#wanted = 'tapped';
    await this.#beginWanted();
  }

  /** @param {boolean} on */
  async setHandsFree(on) {
    this.#handsFree = on;
    this.free.setAttribute('aria-checked', String(on));
    if (!on) {
      if (this.#utterance?.way === 'hands-free') await this.#finish();
      this.#say(null);
      return;
    }
    const microphone = await this.#open();
    if (!microphone && document.hidden) return; // it goes on when the page is seen again
    if (!microphone) this.#withoutHandsFree();
    else if (this.#handsFree && !this.#utterance) this.#say('ears.note.free');
  }

  /** It cannot be on without a microphone; the note goes on saying why there is none. */
  #withoutHandsFree() {
    this.#handsFree = false;
    this.free.setAttribute('aria-checked', 'false');
  }

  async #beginWanted() {
    const microphone = await this.#open();
    await this.#ended;
    const wanted = this.#wanted;
    this.#wanted = null;
    const stillOpen = microphone !== null && microphone === this.#microphone;
    if (wanted && stillOpen && !this.#utterance) this.#begin(wanted, microphone);
  }

  /** @returns {Promise<Microphone|null>} null if there is none, which was said, or nobody sees the page */
  async #open() {
    if (this.#microphone) return this.#microphone;
    try {
      this.#opening ??= Microphone.openInView();
      const microphone = await this.#opening;
      if (!microphone) return null;
      this.#microphone ??= microphone;
      this.#usedAt = performance.now();
      this.#silence = new SilenceDetector();
      this.#timer ||= window.setInterval(() => this.#tick(performance.now()), TICK_MS);
      return microphone;
    } catch (error) {
      if (!(error instanceof DeviceTrouble)) throw error;
      this.#say(error.word, true);
      return null;
    } finally {
      this.#opening = null;
    }
  }

  #close() {
    window.clearInterval(this.#timer);
    this.#timer = 0;
    void this.#microphone?.close();
    this.#microphone = null;
    this.talk.showLevel(-100);
  }

  /** @param {Way} way @param {Microphone} microphone */
  #begin(way, microphone) {
    const now = performance.now();
    this.robot.beginListening();
    const lookBack = way === 'hands-free';
    const recording = microphone.record((bytes) => this.robot.hear(bytes), { lookBack });
    this.#utterance = { way, recording, since: now };
    if (lookBack) this.#silence.begin(now);
    else this.#silence.reset();
    this.#showUtterance();
  }

  #becomeTapped() {
    if (!this.#utterance) return;
    this.#utterance.way = 'tapped';
    this.#showUtterance();
  }

  /** The utterance is complete: let it be answered. */
  async #finish() {
    await this.#end(() => this.robot.endListening());
  }

  /** Nothing was said: forget it. */
  async #cancel() {
    await this.#end(() => this.robot.cancelListening());
  }

  /** @param {() => void} then what to tell the robot when it has heard the last of it */
  async #end(then) {
    const utterance = this.#utterance;
    if (!utterance) return;
    this.#utterance = null;
    this.#usedAt = performance.now();
    this.#silence.reset();
    this.#bargeIn.reset();
    this.#showUtterance();
    this.#ending = true;
    this.#ended = utterance.recording.stop().then(() => {
      this.#ending = false;
      then();
    });
    await this.#ended;
  }

  /** @param {number} now */
  #tick(now) {
    const microphone = this.#microphone;
    if (!microphone) return;
    if (microphone.ended) {
      void this.#finish();
      this.#close();
      this.#withoutHandsFree();
      this.#say('media.microphone.lost', true);
      return;
    }
    const level = microphone.level();
    this.talk.showLevel(level);
    if (this.#utterance) this.#hearUtterance(this.#utterance, level, now);
    else if (this.#handsFree && !this.#ending) this.#awaitUtterance(microphone, level, now);
    else if (!this.#wanted && now - this.#usedAt > IDLE_MS) this.#close();
  }

  /** @param {{way: Way, since: number}} utterance @param {number} level @param {number} now */
  #hearUtterance(utterance, level, now) {
    const heard = this.#silence.add(level, now);
    if (now - utterance.since >= LONGEST_MS) void this.#finish();
    else if (utterance.way === 'held') return;
    else if (heard === 'end') void this.#finish();
    else if (heard === 'quiet' && now - utterance.since >= NOTHING_SAID_MS) {
      void this.#cancel();
      this.#say('ears.note.nothing');
    }
  }

  /** @param {Microphone} microphone @param {number} level @param {number} now */
  #awaitUtterance(microphone, level, now) {
    if (this.robot.speaking) this.#robotSpokeAt = now;
    const overRobot = now - this.#robotSpokeAt < ECHO_MS;
    if (overRobot !== this.#overRobot) {
      this.#overRobot = overRobot;
      this.#silence.reset();
      this.#bargeIn.reset();
    }
    if (overRobot) this.#silence.learn(level, now);
    const spoken = overRobot
      ? this.#bargeIn.add(level, now)
      : this.#silence.add(level, now) === 'speech';
    if (spoken) this.#begin('hands-free', microphone);
  }

  #visibilityChanged() {
    if (document.hidden) {
      void this.#finish();
      this.#close();
    } else if (this.#handsFree) {
      void this.setHandsFree(true);
    }
  }

  #showUtterance() {
    const way = this.#utterance?.way;
    this.talk.showListening(Boolean(way));
    if (way) this.#say(`ears.note.${way}`);
    else this.#say(this.#handsFree ? 'ears.note.free' : null);
  }

  /** @param {string|null} word @param {boolean} [trouble] */
  #say(word, trouble = false) {
    this.note.setAttribute('role', trouble ? 'alert' : 'status');
    this.note.classList.toggle('is-trouble', trouble);
    this.note.replaceChildren(word ? h('span', { word }) : '');
  }
}
