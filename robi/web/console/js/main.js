/**
 * The page: puts the robot together from its parts.
 *
 * Owns the order of things: the language, the key, the first click, who listens to whom, and what a
 * person is told when the link fails. It is the only module that knows all the others; they know the
 * robot, and not each other.
 */

import { mountAbout } from './about.js';
import { stayAwake } from './awake.js';
import { mountBody } from './body.js';
import { byId, h, say } from './dom.js';
import { mountEars } from './ears.js';
import { mountEyes } from './eyes.js';
import { mountFace } from './face.js';
import { askKey, forgetKey, knownKey } from './keydialog.js';
import { onKey } from './keys.js';
import { Link } from './link.js';
import { Notice } from './notice.js';
import { mountPanel } from './panel/index.js';
import { mountPeople } from './people.js';
import { mountPreferences } from './preferences.js';
import { Rest } from './rest.js';
import { Robot } from './robot.js';
import { bookmark, deviceId, keep, keepBookmark, kept } from './settings.js';
import { mountMood, mountSubtitles, mountTyping } from './talk.js';
import { mountVoice } from './voice.js';
import { LANGUAGES, firstSpoken, language, languages, setLanguage } from './words/index.js';

/** @typedef {import('./link.js').StateChange} StateChange */

const POLICY_VIOLATION = 1008;
const TAKEN_OVER = 4409;
const SERVER_BUSY = 'SERVER_BUSY';

/** What this client understands beyond the protocol: where the server's time went. */
const FEATURES = ['timings'];

/** On a screen at least so wide the body is shown from the beginning. */
const WIDE = '(min-width: 64rem)';

// ── language ─────────────────────────────────────────────────────────────────────────────────

setLanguage(LANGUAGES.find((name) => name === kept('language')) ?? firstSpoken(navigator.languages));
document.documentElement.lang = language();
languages.on('change', (name) => {
  document.documentElement.lang = name;
  keep('language', name);
});

// ── the robot and its parts ──────────────────────────────────────────────────────────────────

const before = bookmark();
const rest = new Rest('');
const link = new Link({
  url: new URL('/ws/interact', location.href).href.replace(/^http/, 'ws'),
  key: '',
  deviceId: deviceId(),
  resume: before?.place ?? null,
  features: FEATURES,
});
const robot = new Robot(link, {
  person: before?.person ?? null,
  unfinished: before?.unfinished ?? null,
});
const notice = new Notice(byId('notice'));
/** The key is being forgotten: nothing of the conversation is to be kept. */
let isLeaving = false;
/** The page was left; it may be shown again. */
let isGone = false;

// Before the parts: one of them is the voice, which falls silent then and forgets what it has said.
addEventListener('pagehide', () => {
  rememberPlace();
  isGone = true; // a page that goes is hidden too, after this
});

say(byId('controls'), 'page.controls', 'aria-label');
say(byId('stage'), 'page.face', 'aria-label');
mountFace(byId('face'), robot);
mountMood(byId('mood'), byId('face'), robot);
mountSubtitles(byId('words-of-robi'), robot);
mountTyping(byId('talk'), robot);
mountPeople(byId('people-opener'), robot, rest);
mountAbout(iconButton('about-opener', 'page.help'));
const { voice } = mountPreferences(iconButton('preferences-opener', 'page.preferences'), {
  forgetKey: leave,
});
mountVoice(voice, robot);
mountEars(byId('ears'), robot);
mountEyes(byId('eyes'), robot);
mountBody(byId('body'), robot);

mountPanel(byId('panel-door'), robot, rest);

const body = drawer('body', 'body-opener', 'page.body', 'b');
body.show(matchMedia(WIDE).matches);

// ── the first click ──────────────────────────────────────────────────────────────────────────

const welcome = byId('welcome');
const start = h('button', { id: 'start', type: 'button', class: 'primary', word: 'welcome.start' });
welcome.append(
  h('h2', { word: 'welcome.title' }),
  h('p', { word: 'welcome.what' }),
  start,
);
start.addEventListener('click', () => {
  notice.clear();
  robot.emit('wake', null); // in this very click: whoever makes sound may unlock it now
  begin().catch(reportError);
});
start.focus();

/** @param {string} [trouble] key of the word for what was wrong with the last key */
async function begin(trouble) {
  connecting(true);
  const key = (trouble ? null : await knownKey(rest)) ?? (await askKey(rest, trouble));
  if (key === null) {
    connecting(false);
    notice.tell('key.needed', { word: 'key.give', does: () => void begin('key.needed').catch(reportError) });
    return;
  }
  rest.key = link.key = key;
  link.start();
}

/** Say on the button whether the page is connecting, which it may be asked for once. @param {boolean} on */
function connecting(on) {
  start.disabled = on;
  start.setAttribute('aria-busy', String(on));
  say(start, on ? 'welcome.connecting' : 'welcome.start');
}

/** The conversation can begin: what was behind the welcome is there now. */
function reveal() {
  if (welcome.hidden) return;
  welcome.hidden = true;
  stayAwake();
  for (const element of document.querySelectorAll('[data-behind-welcome]')) {
    element.removeAttribute('inert');
  }
  byId('ears').querySelector('button')?.focus(); // where space talks; no keyboard opens on a phone
}

/** The key is forgotten, and who was there with it. */
function leave() {
  isLeaving = true;
  forgetKey();
  link.stop();
  keepBookmark(null);
  location.reload();
}

// ── what a person is told ────────────────────────────────────────────────────────────────────

robot.on('state', (change) => {
  if (change.state === 'open') {
    reveal();
    notice.clear('link');
  } else if (change.state === 'connecting') {
    connecting(true);
  } else if (change.state === 'waiting') {
    const busy = change.errorCode === SERVER_BUSY;
    const now = { word: 'notice.now', does: () => link.hurry() };
    notice.tell(busy ? 'notice.busy' : 'notice.waiting', now, 'link');
  } else if (change.state === 'refused') {
    connecting(false);
    refused(change).catch(reportError);
  }
});

/** @param {StateChange} change */
async function refused({ closeCode, errorCode = '' }) {
  if (closeCode === TAKEN_OVER) {
    notice.tell('notice.elsewhere', { word: 'notice.here', does: () => link.start() }, 'link');
  } else if (closeCode === POLICY_VIOLATION && errorCode.startsWith('API_KEY')) {
    await otherKey();
  } else {
    notice.tell('notice.refused', { word: 'notice.again', does: () => link.start() }, 'link');
  }
}

/** The key proved wrong: a server that is developed may have made another one; else ask. */
async function otherKey() {
  const wrong = link.key;
  forgetKey();
  rest.key = '';
  const key = await knownKey(rest);
  if (key === null || key === wrong) {
    await begin('key.wrong');
    return;
  }
  rest.key = link.key = key;
  link.start();
}

robot.on('lost', ({ text }) => {
  notice.tell(text ? ['notice.lost', { text }] : 'notice.lostSound');
});
robot.on('battery', ({ batteryLevel, source }) => {
  notice.tell([`notice.battery.${source}`, { level: batteryLevel }]);
});
addEventListener('error', ({ error }) => {
  if (error) broken(); // without one it is a remark of the browser, such as that of ResizeObserver
});
addEventListener('unhandledrejection', broken);

function broken() {
  notice.tell('page.broken', { word: 'page.reload', does: () => location.reload() });
}

// ── the network, and a page that is loaded again ─────────────────────────────────────────────

addEventListener('online', () => link.hurry());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') link.hurry();
  else rememberPlace();
});
addEventListener('pageshow', () => {
  isGone = false;
});

function rememberPlace() {
  const { sessionId, lastSeq } = link;
  if (!sessionId || isLeaving || isGone) return;
  const { person, unfinished } = robot;
  keepBookmark({ place: { sessionId, lastSeq }, person, unfinished });
}

// ── what can be shown and hidden ─────────────────────────────────────────────────────────────

/**
 * A part of the page that a button and a key show and hide.
 *
 * @param {string} id of the part
 * @param {string} openerId of its button
 * @param {string} word what it is called
 * @param {string} key
 */
function drawer(id, openerId, word, key) {
  const root = byId(id);
  const opener = iconButton(openerId, word);
  say(root, word, 'aria-label');
  opener.setAttribute('aria-controls', id);
  /** @param {boolean} on */
  const show = (on) => {
    root.hidden = !on;
    opener.setAttribute('aria-expanded', String(on));
  };
  const toggle = () => show(root.hidden !== false);
  opener.addEventListener('click', toggle);
  onKey(key, toggle);
  return { show };
}

/** A button of the page that shows a sign, and says its word to who does not see it. @param {string} id @param {string} word */
function iconButton(id, word) {
  const button = byId(id);
  say(button, word, 'aria-label');
  say(button, word, 'title');
  return button;
}
