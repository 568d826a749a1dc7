/**
 * An EventTarget whose events have names and types.
 *
 * Owns nothing but that: `on` gives the detail of each event to a listener, so that who listens
 * need not know CustomEvent, and the type checker knows what comes.
 */

/**
 * @template {Record<string, any>} Events what each event carries, by its name
 */
export class Emitter extends EventTarget {
  /**
   * Call `listener` with the detail of every event `type`.
   *
   * @template {keyof Events & string} K
   * @param {K} type
   * @param {(detail: Events[K]) => void} listener
   * @returns {() => void} ends it
   */
  on(type, listener) {
    /** @param {Event} event */
    const hear = (event) => listener(/** @type {CustomEvent<Events[K]>} */ (event).detail);
    this.addEventListener(type, hear);
    return () => this.removeEventListener(type, hear);
  }

  /**
   * @template {keyof Events & string} K
   * @param {K} type
   * @param {Events[K]} detail
   */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
