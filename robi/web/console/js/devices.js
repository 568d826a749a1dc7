/**
 * Asking the browser for a microphone or a camera, and saying plainly why there is none.
 *
 * Owns the reasons: whoever opens a device shows `trouble.word` to the person, who can do
 * something about most of them.
 */

/** @typedef {'microphone'|'camera'} Device */

/** @type {Record<string, string>} What the browser throws, and what that means. */
const REASONS = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** There is no device to be had; `word` is the key of the sentence that says why. */
export class DeviceTrouble extends Error {
  /** @param {Device} device @param {string} reason @param {unknown} [cause] */
  constructor(device, reason, cause) {
    super(`no ${device}: ${reason}`, { cause });
    this.name = 'DeviceTrouble';
    this.word = `media.${device}.${reason}`;
  }
}

/**
 * @param {Device} device whose trouble it is
 * @param {MediaStreamConstraints} constraints
 * @returns {Promise<MediaStream>}
 * @throws {DeviceTrouble}
 */
export async function openStream(device, constraints) {
  // Browsers hide their devices from a page that came over plain HTTP from elsewhere.
  if (!navigator.mediaDevices?.getUserMedia) throw new DeviceTrouble(device, 'insecure');
  try {
    return await navigator.mediaDevices.getUserMedia(constraints);
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    throw new DeviceTrouble(device, REASONS[name] ?? 'failed', error);
  }
}

/** @param {MediaStream|null} stream */
export function closeStream(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/**
 * The first of `mimes` that this browser can record.
 * @param {string[]} mimes
 * @returns {string|null}
 */
export function recordable(mimes) {
  if (!window.MediaRecorder) return null;
  return mimes.find((mime) => MediaRecorder.isTypeSupported(mime)) ?? null;
}
