/**
 * What the browser keeps for this page, and for how long.
 *
 * Owns the names under which it is kept. For good (localStorage): the key, if it was typed, the
 * language, the name of this device, and what other parts choose (`robi.voice`, …). As long as the
 * tab (sessionStorage): the place in the session, who stood before the robot and what it was saying, so
 * that a page that is loaded again goes on where it was.
 *
 * A browser that keeps nothing (private windows, blocked storage) keeps it as long as the page.
 */

/** @typedef {import('./link.js').Place} Place */
/** @typedef {import('./events.js').Person} Person */
/** @typedef {import('./turns.js').Unfinished} Unfinished */

import { newId } from './ids.js';

const PREFIX = 'robi.';

/** What no storage would take. @type {Map<string, string>} */
const inMemory = new Map();

/** @param {string} name @returns {string | null} */
export function kept(name) {
  return read(() => localStorage, name);
}

/** @param {string} name @param {string | null} value null forgets it */
export function keep(name, value) {
  write(() => localStorage, name, value);
}

/** The name of this device: drawn by lot once, so that the server knows it again. @returns {string} */
export function deviceId() {
  let id = kept('device');
  if (!id) {
    id = newId('browser');
    keep('device', id);
  }
  return id;
}

/** Where this tab is in its conversation. @typedef {{place: Place, person: Person | null, unfinished: Unfinished | null}} Bookmark */

/** @returns {Bookmark | null} */
export function bookmark() {
  const text = read(() => sessionStorage, 'session');
  return text ? JSON.parse(text) : null;
}

/** @param {Bookmark | null} mark */
export function keepBookmark(mark) {
  write(() => sessionStorage, 'session', mark && JSON.stringify(mark));
}

/** @param {() => Storage} storage @param {string} name @returns {string | null} */
function read(storage, name) {
  try {
    return storage().getItem(PREFIX + name);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // SecurityError: no storage for this page
    return inMemory.get(name) ?? null;
  }
}

/** @param {() => Storage} storage @param {string} name @param {string | null} value */
function write(storage, name, value) {
  try {
    if (value === null) storage().removeItem(PREFIX + name);
    else storage().setItem(PREFIX + name, value);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // as above, or it is full
    if (value === null) inMemory.delete(name);
    else inMemory.set(name, value);
  }
}
