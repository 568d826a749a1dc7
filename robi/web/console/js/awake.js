/**
 * Keeping the screen on: a face that goes dark is no face.
 *
 * Owns the wake lock of the page, where the browser has one. The browser takes it back whenever the
 * page is hidden, so it is asked for again whenever the page is seen.
 */

/** Keep the screen on as long as the page is seen. To be called once. */
export function stayAwake() {
  const { wakeLock } = navigator;
  if (!wakeLock) return; // none over plain HTTP, nor in old browsers
  const lock = () => {
    if (document.visibilityState === 'visible') wakeLock.request('screen').catch(ignoreRefusal);
  };
  document.addEventListener('visibilitychange', lock);
  lock();
}

/** A phone that saves its battery refuses, and that is its right. @param {unknown} error */
function ignoreRefusal(error) {
  if (!(error instanceof DOMException)) throw error;
}
