/**
 * A file of the person, made into something that the robot can be shown.
 *
 * Owns the limits of protocol.md §2 and §7 as far as a browser can check them, so that nobody waits
 * for an upload that is refused.
 */

import { toJpeg } from './camera.js';

const MEBIBYTE = 1024 * 1024;
/** @type {Record<string, number>} */
const MOST_BYTES = { image: 10 * MEBIBYTE, video: 20 * MEBIBYTE, audio: 10 * MEBIBYTE };
/** @type {Record<string, number>} */
const LONGEST_MS = { video: 30_000, audio: 60_000 };

/** The file cannot be shown; `word` is the key of the sentence that says why. */
export class FileTrouble extends Error {
  /** @param {string} reason @param {unknown} [cause] */
  constructor(reason, cause) {
    super(`no use for this file: ${reason}`, { cause });
    this.name = 'FileTrouble';
    this.word = `eyes.file.${reason}`;
  }
}

/**
 * @param {File} file
 * @returns {Promise<import('./camera.js').Taken>}
 * @throws {FileTrouble}
 */
export async function load(file) {
  const mime = file.type.split(';')[0];
  const kind = mime.split('/')[0];
  if (!(kind in MOST_BYTES)) throw new FileTrouble('unknown');
  if (kind === 'image') return { data: await picture(file), mime: 'image/jpeg', durationMs: 0 };
  if (file.size > MOST_BYTES[kind]) throw new FileTrouble('large');
  const durationMs = await durationOf(file, kind === 'video' ? 'video' : 'audio');
  if (durationMs > LONGEST_MS[kind]) throw new FileTrouble('long');
  return { data: file, mime, durationMs };
}

/** @param {File} file @returns {Promise<Blob>} smaller than the limit, as any JPEG of that size is */
async function picture(file) {
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (error) {
    throw new FileTrouble('unreadable', error);
  }
  try {
    return await toJpeg(bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

/**
 * @param {Blob} data
 * @param {'audio'|'video'} kind
 * @returns {Promise<number>} milliseconds; 0 where the file does not say it, as recordings often do not
 * @throws {FileTrouble} this browser cannot play it
 */
async function durationOf(data, kind) {
  const player = document.createElement(kind);
  const url = URL.createObjectURL(data);
  try {
    await new Promise((resolve, reject) => {
      player.addEventListener('loadedmetadata', resolve, { once: true });
      player.addEventListener('error', () => reject(new FileTrouble('unreadable', player.error)), { once: true });
      player.preload = 'metadata';
      player.src = url;
    });
    return Number.isFinite(player.duration) ? Math.round(player.duration * 1000) : 0;
  } finally {
    player.removeAttribute('src');
    URL.revokeObjectURL(url);
  }
}
