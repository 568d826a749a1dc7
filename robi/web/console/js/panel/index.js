/**
 * "Behind the face": the button and the key that open the panel for developers.
 *
 * Owns the log of messages, which is written from the first moment, and that the views and their style
 * are fetched when the panel is first opened: the first view of the page stays light.
 */

import { h, s } from '../dom.js';
import { onKey } from '../keys.js';
import { addWords } from '../words/index.js';
import { en } from '../words/panel.en.js';
import { es } from '../words/panel.es.js';
import { keepLog } from './log.js';

const KEY = 'd';

const STYLE = '/css/panel.css';

/** The sign on the button: `< >`. */
const SIGN = 'M8 6l-6 6 6 6M16 6l6 6-6 6';

/**
 * Put the button into `root`.
 *
 * @param {HTMLElement} root
 * @param {import('../robot.js').Robot} robot
 * @param {import('../rest.js').Rest} rest
 */
export function mountPanel(root, robot, rest) {
  addWords({ es, en });
  const log = keepLog(robot);
  const button = h(
    'button',
    {
      type: 'button',
      class: 'sign',
      'aria-expanded': 'false',
      words: { 'aria-label': 'panel.title', title: 'panel.title' },
      onclick: toggle,
    },
    s('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, s('path', { d: SIGN })),
  );
  root.append(button);
  onKey(KEY, toggle);

  /** @type {Promise<import('./drawer.js').Drawer> | null} */
  let drawer = null;

  async function toggle() {
    drawer ??= fetchDrawer();
    try {
      (await drawer).toggle();
    } catch (error) {
      drawer = null; // the server may be there again at the next click
      throw error;
    }
  }

  async function fetchDrawer() {
    const [{ Drawer }] = await Promise.all([import('./drawer.js'), styled()]);
    return new Drawer({ robot, rest, log, button });
  }
}

/** The style has come, so that nobody sees the panel without. @returns {Promise<void>} */
function styled() {
  return new Promise((resolve, reject) => {
    const sheet = h('link', { rel: 'stylesheet', href: STYLE, onload: () => resolve() });
    sheet.addEventListener('error', () => {
      sheet.remove();
      reject(new Error(`no ${STYLE}`));
    });
    document.head.append(sheet);
  });
}
