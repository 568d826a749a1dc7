/** Times and sizes as a developer reads them. Pure; the locale decides the decimal mark only. */

/**
 * `840 ms`, `1.24 s`, `2 min 5 s`; a dash for what is not known.
 * @param {number | null | undefined} ms
 * @param {string} locale
 */
export function duration(ms, locale) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return '–';
  if (Math.abs(ms) < 999.5) return `${decimal(ms, 0, locale)} ms`;
  if (Math.abs(ms) < 59_995) return `${decimal(ms / 1000, 2, locale)} s`;
  return uptime(ms / 1000);
}

/**
 * How long something has lived: `12 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`.
 * @param {number} seconds
 */
export function uptime(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [big, small, perBig, perSmall] =
    whole < 3600
      ? ['min', 's', 60, 1]
      : whole < 86_400
        ? ['h', 'min', 3600, 60]
        : ['d', 'h', 86_400, 3600];
  return `${Math.floor(whole / perBig)} ${big} ${Math.floor((whole % perBig) / perSmall)} ${small}`;
}

/**
 * `312 B`, `4.1 kB`, `1.3 MB`: thousands, as the protocol counts.
 * @param {number} bytes
 * @param {string} locale
 */
export function size(bytes, locale) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_950) return `${decimal(bytes / 1000, 1, locale)} kB`;
  return `${decimal(bytes / 1e6, 1, locale)} MB`;
}

/**
 * The time of day of `at`, with milliseconds: `17:04:05.062`.
 * @param {number} at of `performance.now()`
 * @param {number} origin `performance.timeOrigin`
 */
export function clock(at, origin) {
  const time = new Date(origin + at);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const ms = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}

/**
 * @param {number} number
 * @param {number} places at most
 * @param {string} locale
 */
export function decimal(number, places, locale) {
  return number.toLocaleString(locale, { maximumFractionDigits: places });
}
