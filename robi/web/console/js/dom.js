/**
 * Making elements, and keeping their words in the language of the page.
 *
 * Owns the one way in which this page makes elements: `createElement` and text nodes, never a
 * string of HTML (the policy of the page forbids it, for what a model says is no markup).
 *
 *     h('button', { type: 'button', class: 'round', word: 'talk.send', onclick: send })
 *     h('input', { id: 'words', words: { 'aria-label': 'talk.label', placeholder: 'talk.hint' } })
 *     h('p', { word: ['people.count', { n: 3 }] })
 *
 * What is given as `word` or `words` follows the language as long as the element is in the page.
 */

import { languages, t } from './words/index.js';

/** A key, or a key and its values. @typedef {string | [string, import('./words/index.js').Values]} Wording */
/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Attributes by their names (`true` for one without a value); `on…` listeners; `word` for the text,
 * `words` for attributes, in the language of the page; those of PROPERTIES as properties.
 *
 * @typedef {Record<string, any>} Props
 */

/** What an attribute of the same name would not set, or only at the beginning. */
const PROPERTIES = new Set(['checked', 'disabled', 'hidden', 'muted', 'open', 'selected', 'srcObject', 'value']);

/** Marks the elements that follow the language. */
const FOLLOWS = 'data-words';

/** What each of them says: attribute (or '' for its text) and wording. @type {WeakMap<Element, Map<string, Wording>>} */
const wordings = new WeakMap();

languages.on('change', () => {
  for (const element of document.querySelectorAll(`[${FOLLOWS}]`)) write(element);
});

/**
 * Make an element.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props} [props]
 * @param {...Child} children those that are null, undefined or false are left out
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  dress(element, props);
  element.append(...present(children));
  return element;
}

/**
 * Make an element of an SVG drawing; `props` as in `h`, all as attributes.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Props} [props]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, props = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(element, props);
  element.append(...present(children));
  return element;
}

/**
 * Let `element` say a word from now on, in whatever language.
 *
 * @param {Element} element
 * @param {Wording} wording
 * @param {string} [attribute] which one says it; its text if none is named
 */
export function say(element, wording, attribute = '') {
  const said = wordings.get(element) ?? new Map();
  said.set(attribute, wording);
  wordings.set(element, said);
  element.setAttribute(FOLLOWS, '');
  write(element);
}

/**
 * The element of the page that has this id; the page is made so that it is there.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return /** @type {T} */ (element);
}

/** @param {Element} element */
function write(element) {
  for (const [attribute, wording] of wordings.get(element) ?? []) {
    const words = typeof wording === 'string' ? t(wording) : t(...wording);
    if (attribute) element.setAttribute(attribute, words);
    else element.textContent = words;
  }
}

/** @param {Element} element @param {Props} props */
function dress(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined) continue;
    if (name === 'word') say(element, value);
    else if (name === 'words') {
      for (const [attribute, wording] of Object.entries(value)) say(element, wording, attribute);
    } else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.setAttribute('class', value);
    else if (PROPERTIES.has(name)) Object.assign(element, { [name]: value });
    else if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function present(children) {
  return children
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}
