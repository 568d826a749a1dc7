/**
 * The REST API (docs/rest.md), of the server that this page came from.
 *
 * Owns the shape of its errors: whatever is wrong, a call throws a `RestError`. No DOM.
 */

/** What a call answers with an error, or that the server did not answer at all. */
export class RestError extends Error {
  /**
   * @param {number} status of HTTP; 0 if there was no answer
   * @param {string} errorCode such as `USER_NOT_FOUND`; '' if the answer was not the project's
   * @param {number} code such as 4001; 0 likewise
   * @param {string} message fit to be shown to a person; '' likewise
   */
  constructor(status, errorCode = '', code = 0, message = '') {
    super(message);
    this.name = 'RestError';
    this.status = status;
    this.errorCode = errorCode;
    this.code = code;
  }
}

export class Rest {
  /** Said with each call; none if it is ''. @type {string} */
  key;

  /** @param {string} key */
  constructor(key) {
    this.key = key;
  }

  /** @param {string} path @returns {Promise<any>} */
  get(path) {
    return this.#call('GET', path);
  }

  /** @param {string} path @returns {Promise<any>} */
  delete(path) {
    return this.#call('DELETE', path);
  }

  /**
   * Every one of a list that comes in pages.
   *
   * @param {string} path without `limit` and `offset`
   * @param {string} name of the list in each page
   * @returns {Promise<any[]>}
   */
  async all(path, name) {
    const items = [];
    /** @type {number | undefined} */
    let offset = 0;
    while (offset !== undefined) {
      const page = await this.get(`${path}?limit=100&offset=${offset}`);
      items.push(...page[name]);
      offset = page.next;
    }
    return items;
  }

  /** @param {string} method @param {string} path */
  async #call(method, path) {
    /** @type {RequestInit & {headers: Record<string, string>}} */
    const request = { method, headers: {}, cache: 'no-store', credentials: 'omit' };
    if (this.key) request.headers['X-API-Key'] = this.key;
    let answer;
    try {
      answer = await fetch(path, request);
    } catch (error) {
      if (error instanceof TypeError) throw new RestError(0); // what fetch throws for a lost network
      throw error;
    }
    const json = await readJson(answer);
    if (answer.ok) return json;
    throw new RestError(answer.status, json?.error_code, json?.code, json?.message);
  }
}

/**
 * Whether `key` can be said with a call at all. One with other letters than Latin-1 is no key of any
 * server: no header can hold it, and fetch throws what it throws for a lost network.
 *
 * @param {string} key
 */
export function isSayable(key) {
  return /^[\x20-\x7e\xa0-\xff]*$/.test(key);
}

/** @param {Response} answer @returns {Promise<any>} null if it is no JSON, as the page of a proxy */
async function readJson(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
