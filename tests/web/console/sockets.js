// A server at the other end of a fake WebSocket, for the tests of link.js and robot.js.

/** What link.js needs of a WebSocket; `sent` is what the server got, as objects where it is JSON. */
export class FakeSocket extends EventTarget {
  sent = [];
  closedWith = null;

  send(frame) {
    this.sent.push(typeof frame === 'string' ? JSON.parse(frame) : frame);
  }

  close(code) {
    this.closedWith = code;
  }

  opens() {
    this.dispatchEvent(new Event('open'));
  }

  says(message) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(message) }));
  }

  ends(code) {
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }

  greets(session_id, resumed = false) {
    this.opens();
    this.says({ type: 'auth_ok', session_id, resumed, settings: { person_search_timeout_ms: 8000 } });
  }

  typesSent() {
    return this.sent.map((frame) => frame.type ?? 'bytes');
  }

  last(type) {
    return this.sent.findLast((frame) => frame.type === type);
  }
}

/** Options for a link whose sockets are fakes, and those sockets as they are opened. */
export function fakeServer(options = {}) {
  const sockets = [];
  const openSocket = () => {
    sockets.push(new FakeSocket());
    return sockets.at(-1);
  };
  const link = { url: 'ws://robi/ws/interact', key: 'k', deviceId: 'd', random: () => 0, openSocket };
  return { sockets, options: { ...link, ...options } };
}

/** The details of every event `type` of `emitter`, as they come. */
export function heard(emitter, type) {
  const details = [];
  emitter.on(type, (detail) => details.push(detail));
  return details;
}
