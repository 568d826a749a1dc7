/** Bytes as base64. Pure. */

/** Bytes that `String.fromCharCode` takes at once without running out of stack. */
const SLICE = 32768;

/**
 * @param {ArrayBuffer} bytes
 * @returns {string} base64 of the standard alphabet, with its padding
 */
export function toBase64(bytes) {
  const all = new Uint8Array(bytes);
  let binary = '';
  for (let at = 0; at < all.length; at += SLICE) {
    binary += String.fromCharCode(...all.subarray(at, at + SLICE));
  }
  return btoa(binary);
}
