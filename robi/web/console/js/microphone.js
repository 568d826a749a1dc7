/**
 * The microphone: how loud it is, and what it hears as bytes.
 *
 * Owns the open microphone and its recorder. It decides nothing: when to record is `ears.js`.
 */

import { DeviceTrouble, closeStream, openStream, recordable } from './devices.js';
import { levelOf } from './silence.js';

/**
 * Speech has begun before it is known to be speech. A recording that begins by itself therefore
 * hears the microphone late by so much, and loses no first word.
 */
export const LOOK_BACK_MS = 700;

const SLICE_MS = 250;
const MIMES = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4'];

/** What is being recorded. */
export class Recording {
  /** @type {Promise<void>} */
  #sent = Promise.resolve();
  /** @type {Promise<void>} */
  #stopped;

  /**
   * @param {MediaStream} stream
   * @param {string} mime
   * @param {(bytes: ArrayBuffer) => void} onBytes called with each slice, in order
   */
  constructor(stream, mime, onBytes) {
    this.recorder = new MediaRecorder(stream, { mimeType: mime, audioBitsPerSecond: 32_000 });
    this.recorder.addEventListener('dataavailable', ({ data }) => {
      if (data.size === 0) return;
      const read = data.arrayBuffer();
      this.#sent = this.#sent.then(async () => onBytes(await read));
    });
    this.#stopped = new Promise((resolve) => {
      this.recorder.addEventListener('stop', () => resolve(), { once: true });
    });
    this.recorder.start(SLICE_MS);
  }

  /** Stop; resolves when the last slice was given out. */
  async stop() {
    if (this.recorder.state !== 'inactive') this.recorder.stop();
    await this.#stopped;
    await this.#sent;
  }
}

/** An open microphone. */
export class Microphone {
  /** @returns {Promise<Microphone>} @throws {DeviceTrouble} */
  static async open() {
    const mime = recordable(MIMES);
    if (!mime) throw new DeviceTrouble('microphone', 'unable');
    const stream = await openStream('microphone', {
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
    return new Microphone(stream, mime);
  }

  /**
   * @returns {Promise<Microphone|null>} null if the page was left while the browser asked for permission
   * @throws {DeviceTrouble}
   */
  static async openInView() {
    const microphone = await Microphone.open();
    if (!document.hidden) return microphone;
    await microphone.close();
    return null;
  }

  /** @param {MediaStream} stream @param {string} mime */
  constructor(stream, mime) {
    this.stream = stream;
    this.mime = mime;
    this.context = new AudioContext();
    // Some browsers begin it suspended; the person has pressed something to come here.
    void this.context.resume();
    const source = this.context.createMediaStreamSource(stream);
    this.analyser = this.context.createAnalyser();
    this.samples = new Float32Array(this.analyser.fftSize);
    source.connect(this.analyser);
    const delay = this.context.createDelay(LOOK_BACK_MS / 1000);
    delay.delayTime.value = LOOK_BACK_MS / 1000;
    this.late = this.context.createMediaStreamDestination();
    source.connect(delay).connect(this.late);
  }

  /** Whether it was unplugged, or taken away by the browser. */
  get ended() {
    return this.stream.getAudioTracks().every(({ readyState }) => readyState === 'ended');
  }

  /** How loud it is now, in decibels of full scale. */
  level() {
    this.analyser.getFloatTimeDomainData(this.samples);
    return levelOf(this.samples);
  }

  /**
   * @param {(bytes: ArrayBuffer) => void} onBytes
   * @param {{lookBack: boolean}} options `lookBack`: begin LOOK_BACK_MS ago
   * @returns {Recording}
   */
  record(onBytes, { lookBack }) {
    return new Recording(lookBack ? this.late.stream : this.stream, this.mime, onBytes);
  }

  async close() {
    closeStream(this.stream);
    await this.context.close();
  }
}
