/** A turn for the tests of the panel: nothing of it has happened but what a test says. */

/**
 * @param {Partial<import('../../../robi/web/console/js/turns.js').Turn>} what
 * @returns {import('../../../robi/web/console/js/turns.js').Turn}
 */
export function aTurn(what = {}) {
  return {
    requestId: 'r1',
    kind: 'text',
    asked: null,
    startedAt: 0,
    sentAt: 0,
    emotionAt: null,
    firstTextAt: null,
    lastTextAt: null,
    metaAt: null,
    endAt: null,
    emotion: null,
    text: '',
    meta: null,
    capture: null,
    error: null,
    spokenBefore: 0,
    interrupted: false,
    spokenChars: null,
    lost: false,
    usage: null,
    timings: null,
    messages: [],
    ...what,
  };
}
