/**
 * The camera: a preview, a photo, a film. And pictures made small enough to be sent.
 *
 * Owns the open camera, and that nothing of it stays open once it was closed. It decides nothing:
 * whether anybody may look is `eyes.js` and `showing.js`.
 */

import { DeviceTrouble, closeStream, openStream, recordable } from './devices.js';

/** The longer side of a picture; more tells a model nothing, and takes long to send. */
export const LONGEST_SIDE = 1600;
const JPEG_QUALITY = 0.85;

const FILM_MIMES = ['video/mp4;codecs=avc1.42E01E,mp4a.40.2', 'video/webm;codecs=vp8,opus', 'video/webm', 'video/mp4'];
/** Five seconds are then a megabyte of base64, which has to be sent within SENDING_MS. */
const FILM_BITS_PER_S = 1_200_000;

/** @typedef {{data: Blob, mime: string, durationMs: number}} Taken a picture (0 ms) or a film */

export class Camera {
  #closed = false;

  /**
   * @returns {Promise<Camera>}
   * @throws {DeviceTrouble}
   */
  static async open() {
    const video = { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 720 } };
    return new Camera(await openStream('camera', { video }));
  }

  /** @param {MediaStream} stream */
  constructor(stream) {
    this.stream = stream;
  }

  /**
   * @param {HTMLVideoElement} preview
   * @returns {Promise<boolean>} whether it is shown; it is not if it was closed meanwhile
   */
  async showIn(preview) {
    preview.srcObject = this.stream;
    preview.muted = true; // else it would hear itself
    try {
      await preview.play();
    } catch (error) {
      if (!this.#closed) throw error; // a preview that is taken away has nothing left to play
    }
    return !this.#closed;
  }

  /**
   * @param {HTMLVideoElement} preview in which it is shown
   * @returns {Promise<Taken>}
   */
  async photo(preview) {
    const data = await toJpeg(preview, preview.videoWidth, preview.videoHeight);
    return { data, mime: 'image/jpeg', durationMs: 0 };
  }

  /** Give the film sound, if there is a microphone: a silent film is better than none. */
  async listen() {
    try {
      const sound = await openStream('microphone', { audio: true });
      if (this.#closed) closeStream(sound); // allowed after all was over
      else for (const track of sound.getAudioTracks()) this.stream.addTrack(track);
    } catch (error) {
      if (!(error instanceof DeviceTrouble)) throw error;
    }
  }

  /** @returns {Film} one that begins now @throws {DeviceTrouble} */
  film() {
    const mime = recordable(FILM_MIMES);
    if (!mime) throw new DeviceTrouble('camera', 'unable');
    return new Film(this.stream, mime);
  }

  close() {
    this.#closed = true;
    closeStream(this.stream);
  }
}

/** A film that is being taken. */
export class Film {
  /** @param {MediaStream} stream @param {string} mime */
  constructor(stream, mime) {
    this.mime = mime.split(';')[0];
    this.since = performance.now();
    /** @type {Blob[]} */
    this.parts = [];
    this.recorder = new MediaRecorder(stream, { mimeType: mime, videoBitsPerSecond: FILM_BITS_PER_S });
    this.recorder.addEventListener('dataavailable', ({ data }) => this.parts.push(data));
    this.stopped = new Promise((resolve) => {
      this.recorder.addEventListener('stop', resolve, { once: true });
    });
    this.recorder.start();
  }

  /** @returns {Promise<Taken>} */
  async stop() {
    const durationMs = Math.round(performance.now() - this.since);
    if (this.recorder.state !== 'inactive') this.recorder.stop();
    await this.stopped;
    return { data: new Blob(this.parts, { type: this.mime }), mime: this.mime, durationMs };
  }
}

/**
 * A picture as a JPEG whose longer side is LONGEST_SIDE at most.
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @returns {Promise<Blob>}
 */
export async function toJpeg(source, width, height) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser cannot draw');
  context.fillStyle = 'white'; // what is transparent would become black
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('no JPEG could be made'))),
      'image/jpeg',
      JPEG_QUALITY,
    );
  });
}
