/**
 * Where the panel covers the whole page, what is under it cannot be reached by the keyboard either.
 *
 * Owns which elements it has made inert, and gives back only those.
 */

/** Where there is no room beside the face; as in css/panel.css. */
const COVERS = '(max-width: 60rem)';

export class Cover {
  /** @type {HTMLElement} */ #panel;
  #narrow = matchMedia(COVERS);
  /** @type {Element[]} */ #under = [];
  #open = false;

  /** @param {HTMLElement} panel a child of the body */
  constructor(panel) {
    this.#panel = panel;
    this.#narrow.addEventListener('change', () => this.#adjust());
  }

  /** Whether the page is under the panel now. */
  get covers() {
    return this.#open && this.#narrow.matches;
  }

  /** @param {boolean} open whether the panel is seen */
  setOpen(open) {
    this.#open = open;
    this.#adjust();
  }

  #adjust() {
    for (const element of this.#under) element.toggleAttribute('inert', false);
    this.#under = this.covers
      ? [...document.body.children].filter(
          (child) => child !== this.#panel && !child.matches('[inert], dialog'),
        )
      : [];
    for (const element of this.#under) element.toggleAttribute('inert', true);
  }
}
