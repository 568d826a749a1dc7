/**
 * `<robi-chat>`: a reader asks about a page, and Robi answers with the words that the answer rests on.
 *
 *     <script type="module" src="https://robi.example/chat.js"></script>
 *     <robi-chat key="robi_…" text="*" lang="es"></robi-chat>
 *
 * or, where a site can name a script only, with the attributes behind a `#`:
 *
 *     <script type="module" src="https://robi.example/chat.js#key=robi_…&text=*&lang=es"></script>
 *
 * Owns everything, in one file, since pages that are not ours load it (docs/widget.md); that is why it
 * is long. Words, then what is pure (events, Markdown, quotes; tests/web/widget), then the element.
 * Nothing that comes from the server or the page is ever markup: elements are made one by one.
 */

/**
 * @typedef {object} Citation words of a text; they stand there
 * @property {number} number as in the answer: `[1]`
 * @property {string} quote
 * @property {string[]} [heading] the outermost first
 * @property {string | null} [title] of the text
 * @property {string | null} [place] for people: `p. 12`
 * @property {string | null} [anchor] id of the innermost heading
 * @property {string | null} [url] of the page
 *
 * @typedef {object} Exchange a question and its answer
 * @property {string} question
 * @property {string} quote what was selected, or ''
 * @property {string} answer Markdown, as far as it has come
 * @property {Citation[]} citations
 * @property {string} last where its stream stands, '' before it begins
 * @property {'asked' | 'done' | 'stopped' | 'failed'} state
 *
 * @typedef {{ id: string, type: string, data: string }} StreamEvent
 * @typedef {string | Branch} Tree of Markdown
 * @typedef {{ tag: string, of: Tree[], href?: string, number?: number }} Branch
 * @typedef {{ answer: HTMLElement, after: HTMLElement, sources: string[], drawn: string, told: number }} View
 */

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5000;
const MOST_TRIES = 6;
const SILENCE_MS = 40_000; // the server says something every 15 s
const KEPT = 30; // exchanges, for the next page
const MOST_QUESTION = 4000;
const MOST_SELECTED = 8000;

// ——— Words ———

const WORDS = {
  es: {
    ask: 'Pregunta a {name}',
    hello: 'Pregunta lo que quieras sobre lo que lees. Si seleccionas un texto, puedes preguntar por él',
    honest: 'Responde una inteligencia artificial: comprueba las citas.',
    field: 'Tu pregunta',
    send: 'Enviar',
    stop: 'Parar',
    close: 'Cerrar',
    anew: 'Nueva conversación',
    about: 'Preguntar por la selección',
    selected: 'Texto seleccionado',
    drop: 'Quitar la selección',
    long: 'Es muy largo: solo cuentan sus primeros {count} caracteres.',
    you: 'Tú',
    thinking: 'Buscando la respuesta…',
    stopped: 'Respuesta detenida.',
    cites: 'Citas',
    cite: 'Cita {n}',
    elsewhere: 'No está en esta página.',
    nokey: 'Este chat no está bien instalado: le falta su clave.',
    key: 'La clave de este chat no es válida o ha caducado. Avisa a quien lleva esta página.',
    origin: 'Esta página no tiene permiso para preguntar aquí. Avisa a quien la lleva.',
    text: 'No encuentro el texto de esta página. Avisa a quien la lleva.',
    bad: 'No puedo con esa pregunta. Prueba con una más corta.',
    often: 'Demasiadas preguntas por ahora. Podrás preguntar {when}.',
    busy: 'Hay mucha gente preguntando. Podrás preguntar {when}.',
    failed: 'Algo ha fallado y no puedo responder. Prueba otra vez.',
    cut: 'Se ha cortado la conexión y la respuesta está incompleta. Prueba otra vez.',
    offline: 'No hay conexión a internet. Tu pregunta sigue aquí.',
    unreachable: 'No consigo hablar con el servidor. Prueba dentro de un momento.',
    again: 'Ya puedes preguntar.',
  },
  en: {
    ask: 'Ask {name}',
    hello: 'Ask anything about what you read. If you select a text, you can ask about it',
    honest: 'An artificial intelligence answers: check its citations.',
    field: 'Your question',
    send: 'Send',
    stop: 'Stop',
    close: 'Close',
    anew: 'New conversation',
    about: 'Ask about the selection',
    selected: 'Selected text',
    drop: 'Remove the selection',
    long: 'It is very long: only its first {count} characters count.',
    you: 'You',
    thinking: 'Looking for the answer…',
    stopped: 'Answer stopped.',
    cites: 'Citations',
    cite: 'Citation {n}',
    elsewhere: 'It is not on this page.',
    nokey: 'This chat is not set up yet: its key is missing.',
    key: 'The key of this chat is not valid or has expired. Please tell who runs this page.',
    origin: 'This page is not allowed to ask here. Please tell who runs it.',
    text: 'I cannot find the text of this page. Please tell who runs it.',
    bad: 'I cannot take that question. Try a shorter one.',
    often: 'Too many questions for now. You can ask {when}.',
    busy: 'Many people are asking. You can ask {when}.',
    failed: 'Something went wrong and I cannot answer. Please try again.',
    cut: 'The connection was lost and the answer is not complete. Please try again.',
    offline: 'There is no internet connection. Your question is still here.',
    unreachable: 'I cannot reach the server. Try again in a moment.',
    again: 'You can ask now.',
  },
};

/** @typedef {keyof typeof WORDS.es} Word */

/** What kept an answer from coming. */
class Trouble extends Error {
  /**
   * @param {Word} word
   * @param {object} [more]
   * @param {number} [more.wait] seconds until it makes sense to ask again
   * @param {string} [more.said] the server's own words
   * @param {boolean} [more.forgotten] whether the server knows the session no more
   */
  constructor(word, { wait = 0, said = '', forgotten = false } = {}) {
    super(word);
    this.word = word;
    this.wait = wait;
    this.said = said;
    this.forgotten = forgotten;
  }
}

// ——— Server-sent events ———

/** Reads a stream of events, wherever it was cut into pieces. */
export class EventReader {
  /** Milliseconds after which the server wants to be asked again; 0: it has not said. */
  retry = 0;
  /** From where the stream can be taken up; it may be told before any event. */
  lastId = '';
  #rest = '';
  #afterReturn = false;
  #id = '';
  #type = '';
  /** @type {string[]} */
  #data = [];

  /** @param {string} text the next piece @returns {StreamEvent[]} those that are complete now */
  read(text) {
    if (!text) return [];
    const piece = this.#afterReturn && text[0] === '\n' ? text.slice(1) : text; // a CRLF that was cut
    this.#afterReturn = text.endsWith('\r');
    const lines = (this.#rest + piece).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line));
  }

  /** @param {string} line @returns {StreamEvent[]} */
  #line(line) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
    if (line) return [];
    this.lastId = this.#id;
    const event = { id: this.#id, type: this.#type || 'message', data: this.#data.join('\n') };
    const found = this.#data.length ? [event] : [];
    this.#data = [];
    this.#type = '';
    return found;
  }
}

// ——— Markdown ———

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}#{1,6}\s+(.*)/;
const RULE = /^ {0,3}([-*_])(?: *\1){2,} *$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])(?: +|$)/;
const BEGINS = /^ {0,3}(?:`{3}|~{3}|#{1,6}\s|>|[-*+] |1[.)] )/;
const DEEPEST = 8;

/** @param {string} tag @param {Tree[]} of @param {Partial<Branch>} [more] @returns {Branch} */
const branch = (tag, of, more) => ({ tag, of, ...more });

/**
 * The safe part of Markdown as trees, of which elements are made; HTML in it is just text.
 * @param {string} text may still be growing
 * @returns {Branch[]} one for each block
 */
export function markdown(text) {
  return blocks(text.split(/\r\n|\r|\n/), 0);
}

/** @param {string[]} lines @param {number} depth @returns {Branch[]} */
function blocks(lines, depth) {
  /** @type {Branch[]} */
  const found = [];
  let at = 0;
  /** @param {(line: string) => boolean} goesOn @returns {string[]} */
  const takeWhile = (goesOn) => {
    const from = at++;
    while (at < lines.length && goesOn(lines[at])) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at];
    const fence = FENCE.exec(line)?.[1];
    const item = depth < DEEPEST && ITEM.exec(line);
    if (!line.trim()) at++;
    else if (fence) {
      const inside = takeWhile((next) => !next.trim().startsWith(fence)).slice(1);
      at++;
      found.push(branch('pre', [branch('code', [inside.join('\n')])]));
    } else if (HEADING.test(line)) {
      const words = line.replace(HEADING, '$1').replace(/\s#+\s*$/, '');
      found.push(branch('p', [branch('strong', inline(words))]));
      at++;
    } else if (RULE.test(line)) {
      found.push(branch('hr', []));
      at++;
    } else if (depth < DEEPEST && QUOTE.test(line)) {
      const inside = takeWhile((next) => QUOTE.test(next)).map((next) => next.replace(QUOTE, ''));
      found.push(branch('blockquote', blocks(inside, depth + 1)));
    } else if (item) {
      const ordered = /\d/.test(item[2]);
      /** @type {Branch[]} */
      const items = [];
      for (let mark; (mark = ITEM.exec(lines[at] ?? '')) && /\d/.test(mark[2]) === ordered; ) {
        const [first, ...more] = takeWhile((next) => {
          const isOf = /^ */.exec(next)?.[0].length ?? 0;
          if (isOf > item[1].length && next.trim()) return true;
          if (!next.trim()) return /^ /.test(lines[at + 1] ?? '') || ITEM.test(lines[at + 1] ?? '');
          return Boolean(lines[at - 1].trim()) && !ITEM.test(next) && !BEGINS.test(next);
        });
        const width = new RegExp(`^ {0,${mark[0].length}}`);
        const inside = [first.slice(mark[0].length), ...more.map((next) => next.replace(width, ''))];
        const [head, ...rest] = blocks(inside, depth + 1);
        items.push(branch('li', head?.tag === 'p' ? [...head.of, ...rest] : head ? [head, ...rest] : []));
      }
      const start = ordered ? { number: Number.parseInt(item[2], 10) } : {};
      found.push(branch(ordered ? 'ol' : 'ul', items, start));
    } else if (line.includes('|') && cells(lines[at + 1] ?? '').every((cell) => /^:?-+:?$/.test(cell))) {
      const [head, , ...rest] = takeWhile((next) => next.includes('|'));
      const row = (/** @type {string} */ text, /** @type {string} */ tag) =>
        branch('tr', cells(text).map((cell) => branch(tag, inline(cell))));
      found.push(branch('table', [row(head, 'th'), ...rest.map((text) => row(text, 'td'))]));
    } else {
      const inside = takeWhile((next) => Boolean(next.trim()) && !BEGINS.test(next));
      found.push(branch('p', inline(inside.map((next) => next.trimStart()).join('\n'))));
    }
  }
  return found;
}

/** @param {string} line of a table @returns {string[]} */
function cells(line) {
  return line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim());
}

/**
 * What may stand within a line, by what it begins with; the first that fits.
 * @type {[RegExp, (found: string[], depth: number) => Tree[]][]}
 */
const SPANS = [
  [/[^\\`![<h*_~ ]+/y, ([words]) => [words]],
  [/( {2,}|\\)\n/y, () => [branch('br', [])]],
  [/\\([!-/:-@[-`{-~])/y, ([, sign]) => [sign]],
  [/(`+)(?!`)([^]{1,2000}?)(?<!`)\1(?!`)/y, ([, , code]) => [branch('code', [code.trim()])]],
  [/!\[([^\]]*)\]\([^)]*\)/y, ([, alt]) => [alt]], // a picture would tell its server who reads
  [/\[((?:[^[\]]|!?\[[^\]]*\](?:\([^)]*\))?)+)\]\(\s*((?:[^\s()]|\([^\s()]*\))+)[^)]*\)/y, ([, label, href], depth) => link(href, inline(label, depth))],
  [/\[(\d{1,3})\]/y, ([, number]) => [branch('cite', [], { number: Number(number) })]],
  [/<(https?:\/\/[^\s<>]+)>/y, ([, href]) => link(href, [href])],
  [/(?<!\w)https?:\/\/[^\s<>"'`\]()]*[^\s<>"'`\]().,;:!?*_]/y, ([href]) => link(href, [href])],
  [/(\*\*|__)(?!\s)([^]{1,2000}?)(?<!\s)\1(?!\*)/y, ([, , words], depth) => [branch('strong', inline(words, depth))]],
  [/(\*|(?<![\p{L}\p{N}])_)(?![\s*])([^]{1,2000}?)(?<![\s*])\1(?![\p{L}\p{N}*])/uy, ([, , words], depth) => [branch('em', inline(words, depth))]],
  [/~~(?!\s)([^]{1,2000}?)(?<!\s)~~/y, ([, words], depth) => [branch('s', inline(words, depth))]],
];

/** @param {string} text @param {number} [depth] @returns {Tree[]} */
function inline(text, depth = 0) {
  if (depth > DEEPEST) return [text];
  /** @type {Tree[]} */
  const found = [];
  for (let at = 0; at < text.length; ) {
    /** @type {Tree[]} */
    let trees = [text[at]];
    let length = 1;
    for (const [pattern, make] of SPANS) {
      pattern.lastIndex = at;
      const fits = pattern.exec(text);
      if (!fits) continue;
      trees = make(fits, depth + 1);
      length = fits[0].length;
      break;
    }
    at += length;
    for (const tree of trees) {
      if (typeof tree === 'string' && typeof found.at(-1) === 'string') found.push(found.pop() + tree);
      else found.push(tree);
    }
  }
  return found;
}

/** @param {string} href @param {Tree[]} label @returns {Tree[]} label alone, if it leads nowhere good */
function link(href, label) {
  const url = webUrl(href);
  if (!url) return label;
  const host = label[0] === href ? [] : [branch('small', [` (${url.host})`])];
  return [branch('a', label, { href: url.href }), ...host];
}

/** @param {string} href @param {string} [base] @returns {URL | null} null unless http or https */
function webUrl(href, base) {
  const url = URL.canParse(href, base) ? new URL(href, base) : null;
  return url && /^https?:$/.test(url.protocol) ? url : null;
}

/** @param {Tree[]} trees @returns {string} what is read aloud of them */
export function plain(trees) {
  return trees
    .map((tree) => {
      if (typeof tree === 'string') return tree;
      if (tree.tag === 'cite') return '';
      return plain(tree.of) + (/^t[dh]$/.test(tree.tag) ? ' ' : /^(p|pre|li|tr|br)$/.test(tree.tag) ? '\n' : '');
    })
    .join('');
}

// ——— Quotes on a page ———

/** @param {string} text @returns {string} its letters and digits: what no layout or accent changes */
export function fold(text) {
  return text.toLowerCase().normalize('NFD').replace(/[^\p{L}\p{N}]/gu, '');
}

/** @param {string} quote @returns {string} what has a browser look for it, behind the `#` of an address */
export function textFragment(quote) {
  const words = quote.split(/\s+/);
  const ends = words.length > 12 ? [words.slice(0, 5).join(' '), words.slice(-5).join(' ')] : [words.join(' ')];
  return `:~:text=${ends.map((end) => encodeURIComponent(end).replaceAll('-', '%2D')).join(',')}`;
}

/** @param {string} quote @param {Element | null} from where to look first @returns {Range | null} */
function findQuote(quote, from) {
  const wanted = fold(quote);
  if (!wanted) return null;
  /** @type {{ node: Text, start: number }[]} */
  const spots = [];
  let letters = '';
  let first = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (node.parentElement?.closest('script, style, noscript, textarea')) continue;
    if (!first && from && from.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING) first = letters.length;
    spots.push({ node, start: letters.length });
    letters += fold(node.data);
  }
  const after = letters.indexOf(wanted, first);
  const at = after < 0 ? letters.indexOf(wanted) : after;
  if (at < 0) return null;
  /** @param {number} letter @returns {[Text, number, number]} its node, where it begins and ends */
  const spot = (letter) => {
    const { node, start } = /** @type {(typeof spots)[0]} */ (spots.findLast((one) => one.start <= letter));
    let offset = 0;
    for (let count = start; ; ) {
      const character = String.fromCodePoint(node.data.codePointAt(offset) ?? 0);
      count += fold(character).length;
      if (count > letter) return [node, offset, offset + character.length];
      offset += character.length;
    }
  };
  const range = new Range();
  const [start, begins] = spot(at);
  const [end, , ends] = spot(at + wanted.length - 1);
  range.setStart(start, begins);
  range.setEnd(end, ends);
  return range;
}

// ——— The element ———

const STYLE = `
:host { --accent: var(--robi-accent, light-dark(#2456c8, #8fb4ff)); --on-accent: var(--robi-on-accent, light-dark(#fff, #0b1730));
  --surface: var(--robi-surface, light-dark(#fff, #1b1d22)); --text: var(--robi-text, light-dark(#1d2129, #e8eaf0));
  --muted: var(--robi-muted, light-dark(#596172, #a5adbd)); --soft: color-mix(in srgb, var(--text) 7%, var(--surface));
  --line: color-mix(in srgb, var(--text) 18%, var(--surface)); --error: light-dark(#a3161f, #ffa8a3); }
#all { font: max(1rem, 16px)/1.5 var(--robi-font, system-ui, sans-serif); color: var(--text); }
#all.os { color-scheme: light dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button { font: inherit; color: inherit; background: none; border: 0; border-radius: .6em; padding: 0; cursor: pointer;
  touch-action: manipulation; }
button:disabled { cursor: default; opacity: .45; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
svg { inline-size: 1.5em; block-size: 1.5em; display: block; margin: auto; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round; }
#open, #near, #panel { position: fixed; z-index: var(--robi-layer, 9999); box-shadow: 0 .4em 2em #0004; }
#open { inset: auto var(--robi-edge, 1.25em) var(--robi-edge, 1.25em) auto; inline-size: 3.5em; block-size: 3.5em; border-radius: 50%; }
#open, #near, .round { background: var(--accent); color: var(--on-accent); }
#near { padding: .5em .9em; min-block-size: 44px; max-inline-size: calc(100vw - 16px); font-size: .9em; }
#panel { inset: auto var(--robi-edge, 1.25em) var(--robi-edge, 1.25em) auto; inline-size: min(26em, 100vw - 2.5em);
  block-size: min(42em, 100dvh - 2.5em); display: flex; flex-direction: column; overflow: hidden; background: var(--surface);
  border: 1px solid var(--line); border-radius: var(--robi-radius, 1em); animation: come .18s ease-out; }
@keyframes come { from { opacity: 0; transform: translateY(.8em); } }
header { display: flex; align-items: center; gap: .25em; padding: .4em .4em .4em 1em; border-block-end: 1px solid var(--line); }
h2 { flex: 1; margin: 0; font-size: 1em; overflow-wrap: anywhere; }
header button, .drop { min-inline-size: 44px; min-block-size: 44px; }
header button:hover, .drop:hover { background: var(--soft); }
#log { flex: 1; min-block-size: 0; overflow: auto; overscroll-behavior: contain; padding: 1em; overflow-wrap: anywhere; }
#hello { color: var(--muted); } #hello p { margin: 0 0 .6em; }
kbd { font: .85em ui-monospace, monospace; border: 1px solid var(--line); border-radius: .3em; padding: 0 .3em; }
article { margin-block-end: 1.5em; }
.asked { margin: 0 0 .8em auto; inline-size: fit-content; max-inline-size: 90%; padding: .5em .9em; border-radius: 1em 1em .2em 1em;
  background: var(--soft); white-space: pre-wrap; }
.quote { margin: 0 0 .5em; padding-inline-start: .7em; border-inline-start: 3px solid var(--accent); color: var(--muted); font-size: .9em;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.answer > :first-child, li > :first-child { margin-block-start: 0; } .answer > :last-child { margin-block-end: 0; }
li > ul, li > ol { margin: .2em 0; } .answer p { margin: .7em 0; } .answer :is(ul, ol) { padding-inline-start: 1.5em; } .answer > :is(ul, ol) { margin: .7em 0; }
.answer blockquote { margin: .7em 0; padding-inline-start: .9em; border-inline-start: 3px solid var(--line); }
.answer table { display: block; overflow: auto; border-collapse: collapse; font-size: .92em; }
th, td { border: 1px solid var(--line); padding: .3em .6em; text-align: start; } hr { border: 0; border-block-start: 1px solid var(--line); }
code { font: .9em ui-monospace, monospace; background: var(--soft); border-radius: .3em; padding: .1em .25em; }
pre { overflow: auto; background: var(--soft); border-radius: .6em; padding: .7em; } pre code { background: none; padding: 0; }
a { color: var(--accent); } small { color: var(--muted); }
.mark { display: inline-block; min-inline-size: 24px; margin-block: -4px; font-size: .8em; line-height: 24px; text-align: center; color: var(--accent);
  text-decoration: none; border-radius: .4em; vertical-align: .2em; }
.joined::before, .joined::after { content: '\\2060' / ''; } /* it begins no line, nor does the full stop after it */
.mark:hover { background: var(--soft); text-decoration: underline; }
.cites { list-style: none; margin: .9em 0 0; padding: 0; font-size: .88em; display: grid; gap: .5em; }
.cites li { position: relative; display: flex; gap: .4em; padding: .5em .7em; border: 1px solid var(--line); border-radius: .7em; }
.cites li:hover { background: var(--soft); }
.cites .mark { flex: none; align-self: start; margin: 0; font-size: 1em; }
.cites .mark::after { content: ''; position: absolute; inset: 0; border-radius: .7em; } /* all of it can be clicked */
.cites .mark:focus-visible { outline: 0; } .cites .mark:focus-visible::after { outline: 3px solid var(--accent); outline-offset: 2px; }
.where { font-weight: 600; } q { color: var(--muted); } .note { color: var(--muted); font-size: .9em; }
q:lang(es) { quotes: '«' '»' '“' '”'; } q:lang(en) { quotes: '“' '”' '‘' '’'; } .partial::after { content: '…' close-quote; }
.dots::after { content: '…'; } .dots { animation: wait 1.4s ease-in-out infinite; } @keyframes wait { 50% { opacity: .45; } }
#alert { margin: 0 1em .6em; padding: .5em .8em; border-radius: .6em; color: var(--error); border: 1px solid; font-size: .92em; }
#alert:empty { margin: 0; padding: 0; border: 0; }
form { padding: .7em; border-block-start: 1px solid var(--line); }
#chip { display: flex; gap: .3em; align-items: start; margin-block-end: .5em; } #chip > div { flex: 1; } #chip .quote { margin: 0; -webkit-line-clamp: 2; }
#long { margin: .2em 0 0; }
#about { display: block; margin: 0 0 .5em; padding: .4em .8em; min-block-size: 44px; border: 1px solid var(--line); font-size: .9em; }
.row { display: flex; gap: .5em; align-items: end; }
textarea { flex: 1; min-inline-size: 0; min-block-size: 44px; max-block-size: 9em; field-sizing: content; resize: none; font: inherit; color: inherit;
  background: var(--soft); border: 1px solid var(--muted); border-radius: .8em; padding: .5em .8em; }
textarea:focus-visible { outline-offset: 0; }
.round { flex: none; min-inline-size: 44px; block-size: 44px; border-radius: 50%; }
#card { max-inline-size: min(22em, 100vw - 2em); padding: 1em; border: 1px solid var(--line); border-radius: .8em; color: inherit; background: var(--surface);
  box-shadow: 0 .4em 2em #0004; }
#told { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 30em), (max-height: 30em) { #panel { inset: 0; inline-size: auto; block-size: auto; border: 0; border-radius: 0; } }
@media (hover: none) { kbd { display: none; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }
@media (forced-colors: active) { button, #panel { border: 1px solid; } }
`;

const ICONS = {
  chat: 'M4 5h16v11H10l-5 4v-4H4z M8 9h8 M8 12h5',
  close: 'M6 6l12 12 M18 6L6 18',
  anew: 'M12 5v14 M5 12h14',
  send: 'M12 19V5 M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
};

const HIGHLIGHT = 'robi-chat';
const HIGHLIGHTED = `::highlight(${HIGHLIGHT}) { background-color: #ffdf6b; color: #1d2129; }
::target-text { background-color: transparent; color: currentColor; }`; // the browser's own would cover it
const NARROW = '(max-width: 30em), (max-height: 30em)';

/**
 * Make an element; functions become listeners, `true` an empty attribute.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, any>} [given] @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** @param {keyof typeof ICONS} name */
function icon(name) {
  const [svg, path] = ['svg', 'path'].map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag));
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** @param {number} ms @param {AbortSignal} signal ends it at once, without an error */
function pause(ms, signal) {
  return new Promise((done) => {
    setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Node, where what is pure is tested, has no elements. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

class RobiChat extends Base {
  static observedAttributes = ['key', 'api-key', 'lang', 'name', 'server', 'text'];

  #shadow = this.attachShadow({ mode: 'open' });
  #gone = new AbortController();
  /** @type {AbortController | null} while an answer comes */
  #asking = null;
  /** @type {Exchange[]} */
  #exchanges = [];
  /** @type {Map<Exchange, View>} */
  #views = new Map();
  #session = '';
  #open = false;
  #quote = ''; // what the next question is about
  #selected = ''; // on the page
  #waits = 0; // timer: as long as the server has told; 0: not
  #frame = 0;
  #scrolled = Infinity; // how far, when it was shut
  /** @type {Element | null} who had the focus before */
  #before = null;
  /** @type {Record<string, HTMLElement>} */
  #parts = {};
  #field = h('textarea', { rows: '1', maxlength: MOST_QUESTION, 'aria-describedby': 'long' });

  get #key() {
    const key = this.getAttribute('key') ?? this.getAttribute('api-key') ?? ''; // React keeps `key` for itself
    return /^[!-~]+$/.test(key) ? key : '';
  }

  get #server() {
    return (this.getAttribute('server') || new URL('.', import.meta.url).href).replace(/\/*$/, '/');
  }

  get #lang() {
    const wishes = [this.getAttribute('lang'), document.documentElement.lang, navigator.language];
    const wish = wishes.find((one) => one && /^(es|en)\b/i.test(one)) ?? 'es';
    return /^en/i.test(wish) ? 'en' : 'es';
  }

  /** @param {Word} word @param {Record<string, string | number>} [values] */
  #t(word, values) {
    const all = { name: this.getAttribute('name') || 'Robi', ...values };
    return Object.entries(all).reduce((text, [name, value]) => text.split(`{${name}}`).join(`${value}`), WORDS[this.#lang][word]);
  }

  connectedCallback() {
    if (this.#parts.panel && !this.#gone.signal.aborted) return; // only moved within the page
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.#restore();
    this.#build();
    this.#arrive();
    document.addEventListener('selectionchange', () => this.#selecting(), { signal });
    document.addEventListener('pointerup', () => this.#selecting(), { signal });
    document.addEventListener('keydown', (event) => this.#shortcut(event), { signal });
    this.addEventListener('focusin', ({ relatedTarget: from }) => (this.#before = from instanceof Element ? from : this.#before), { signal });
    addEventListener('scroll', () => this.#placeNear(), { signal, capture: true, passive: true });
    addEventListener('pagehide', () => this.#save(), { signal });
    if (!this.#key) console.error('<robi-chat> needs the attribute "key" (or "api-key"): a key of the role reader');
    const newest = this.#exchanges.at(-1);
    if (newest?.state === 'asked') void this.#ask(newest); // it came while the page was changed
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#save();
      this.#gone.abort();
      this.#asking?.abort();
    });
  }

  attributeChangedCallback() {
    if (this.#parts.panel) this.#build();
  }

  #build() {
    /** @param {Word} word @param {keyof typeof ICONS} name @param {EventListener} click @param {Record<string, any>} [more] */
    const button = (word, name, click, more) =>
      h('button', { type: 'button', 'aria-label': this.#t(word), title: this.#t(word), click, ...more }, icon(name));
    const shortcut = { 'aria-keyshortcuts': 'Alt+Shift+A' };
    const keep = (/** @type {Event} */ event) => event.preventDefault(); // the selection and the focus
    const about = () => this.#askAbout();
    const log = h('div', { id: 'log', role: 'log', 'aria-live': 'off', 'aria-labelledby': 'title', tabindex: 0 });
    const alert = h('p', { id: 'alert', role: 'alert' }, this.#key ? '' : this.#t('nokey'));
    const quoted = h('blockquote', { class: 'quote', 'aria-label': this.#t('selected') });
    const long = h('p', { id: 'long', class: 'note' });
    const drop = button('drop', 'close', () => this.#setQuote(''), { class: 'drop' });
    const chip = h('div', { id: 'chip' }, h('div', {}, quoted, long), drop);
    const aboutIt = h('button', { type: 'button', id: 'about', click: about }, this.#t('about'));
    const send = button('send', 'send', () => this.#submit(), { class: 'round' });
    const stop = button('stop', 'stop', () => this.#stop('stopped'), { class: 'round' });
    const hello = h(
      'div',
      { id: 'hello' },
      h('p', {}, `${this.#t('hello')} `, h('kbd', {}, 'Alt+Shift+A')),
      h('p', {}, this.#t('honest')),
    );
    const pressed = (/** @type {KeyboardEvent} */ event) => this.#pressed(event);
    const anew = button('anew', 'anew', () => this.#anew());
    const close = button('close', 'close', () => this.#close());
    const panel = h(
      'section',
      { id: 'panel', role: 'dialog', 'aria-labelledby': 'title', keydown: pressed },
      h('header', {}, h('h2', { id: 'title' }, this.#t('ask')), anew, close),
      log,
      alert,
      h('form', { submit: keep }, aboutIt, chip, h('div', { class: 'row' }, this.#field, send, stop)),
    );
    const open = button('ask', 'chat', () => this.#show(), { id: 'open', 'aria-haspopup': 'dialog', ...shortcut });
    const kept = { pointerdown: keep, mousedown: keep };
    const near = h('button', { type: 'button', id: 'near', click: about, ...kept, ...shortcut }, this.#t('about'));
    const card = h('div', { id: 'card', popover: true, tabindex: -1 });
    const told = h('div', { id: 'told', 'aria-live': 'polite' });
    near.hidden = true;
    this.#field.placeholder = this.#t('field');
    this.#field.ariaLabel = this.#t('field');
    this.#parts = { panel, log, hello, alert, aboutIt, chip, quoted, long, send, stop, open, near, card, told };
    log.append(hello);
    this.#shadow.adoptedStyleSheets = [styled(STYLE)];
    this.#shadow.replaceChildren(h('div', { id: 'all', lang: this.#lang }, near, open, panel, card, told));
    for (const exchange of this.#exchanges) this.#view(exchange);
    this.#update();
    log.scrollTop = log.scrollHeight;
  }

  #update() {
    const { panel, open, hello, chip, quoted, long, aboutIt, send, stop } = this.#parts;
    const count = MOST_SELECTED.toLocaleString(this.#lang);
    const ownScheme = getComputedStyle(this).colorScheme === 'normal'; // else the page has chosen
    panel.parentElement?.classList.toggle('os', ownScheme);
    panel.hidden = !this.#open;
    open.hidden = this.#open;
    hello.hidden = this.#exchanges.length > 0;
    chip.hidden = !this.#quote;
    quoted.textContent = this.#quote;
    long.textContent = this.#quote.length < MOST_SELECTED - 1 ? '' : this.#t('long', { count }); // - 1: half a character may be gone
    aboutIt.hidden = !this.#selected;
    if (!this.#asking && this.#shadow.activeElement === stop) this.#field.focus(); // what is hidden loses it
    send.hidden = Boolean(this.#asking);
    stop.hidden = !this.#asking;
    send.toggleAttribute('disabled', Boolean(this.#waits) || !this.#key);
  }

  // Open and shut

  #show() {
    const active = document.activeElement;
    if (active !== this) this.#before = active;
    else if (!this.#open) this.#before = null; // our own button
    this.#open = true;
    this.#update();
    this.#parts.log.scrollTop = Math.min(this.#scrolled, this.#parts.log.scrollHeight);
    this.#field.focus();
    this.#save();
  }

  #close(back = true) {
    this.#scrolled = this.#parts.log.scrollTop;
    this.#open = false;
    this.#update();
    const before = this.#before;
    const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body;
    if (back) (isThere ? before : this.#parts.open).focus();
    this.#save();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing) return;
    if (event.key === 'Escape' && !this.#parts.card.matches(':popover-open')) this.#close();
    if (event.key === 'Enter' && !event.shiftKey && event.target === this.#field) {
      event.preventDefault();
      this.#submit();
    }
  }

  /** @param {KeyboardEvent} event anywhere on the page */
  #shortcut(event) {
    if (!event.altKey || !event.shiftKey || event.code !== 'KeyA') return;
    event.preventDefault();
    this.#readSelection();
    this.#askAbout();
  }

  // What is selected

  #settling = 0;

  #selecting() {
    clearTimeout(this.#settling); // a button that follows the pointer would be in its way
    this.#settling = setTimeout(() => this.#readSelection(), 200);
  }

  #readSelection() {
    const active = document.activeElement;
    if (active === this) return; // the selection has moved to our field: what was selected stays
    const selection = document.getSelection();
    const at = selection?.anchorNode ?? null;
    const ofPage = document.contains(at) && at !== this && !active?.matches('input, textarea');
    const text = selection && ofPage && !selection.isCollapsed ? selection.toString().trim() : '';
    this.#selected = text.length < 3 ? '' : text.slice(0, MOST_SELECTED).replace(/[\uD800-\uDBFF]$/, '');
    this.#parts.near.hidden = !this.#selected;
    this.#placeNear();
    this.#update();
  }

  #placeNear() {
    const selection = document.getSelection();
    if (!this.#parts.near.hidden && selection?.rangeCount) put(this.#parts.near, selection.getRangeAt(0).getBoundingClientRect());
  }

  #askAbout() {
    this.#parts.near.hidden = true;
    if (this.#selected) this.#setQuote(this.#selected);
    this.#selected = '';
    this.#show();
  }

  /** @param {string} quote */
  #setQuote(quote) {
    this.#quote = quote;
    this.#update();
    this.#field.focus();
  }

  // Asking

  #submit() {
    const question = this.#field.value.trim();
    if (!question || this.#asking || this.#waits || !this.#key) return;
    /** @type {Exchange} */
    const exchange = { question, quote: this.#quote, answer: '', citations: [], last: '', state: 'asked' };
    this.#exchanges.push(exchange);
    CSS.highlights?.delete(HIGHLIGHT);
    this.#field.value = '';
    this.#parts.told.replaceChildren();
    this.#tell(this.#t('thinking'));
    this.#view(exchange).told = 0;
    this.#parts.log.scrollTop = this.#parts.log.scrollHeight;
    this.#setQuote('');
    void this.#ask(exchange);
  }

  /** @param {Exchange['state']} state what the question is in then */
  #stop(state) {
    const exchange = this.#exchanges.at(-1);
    if (this.#asking && exchange) exchange.state = state;
    this.#asking?.abort();
    this.#field.focus();
  }

  #anew() {
    this.#stop('stopped');
    this.#exchanges = [];
    this.#session = '';
    this.#goOn(); // what the server has told is for that conversation
    CSS.highlights?.delete(HIGHLIGHT);
    this.#build();
    this.#setQuote('');
    this.#save();
  }

  /** @param {Exchange} exchange */
  async #ask(exchange) {
    const asking = (this.#asking = new AbortController());
    this.#parts.alert.textContent = '';
    this.#update();
    try {
      await this.#converse(exchange, asking.signal);
      if (exchange.state === 'asked') exchange.state = 'done';
    } catch (error) {
      if (!asking.signal.aborted) this.#fail(exchange, error instanceof Trouble ? error : new Trouble('failed'));
      if (!(error instanceof Trouble || asking.signal.aborted)) throw error;
    } finally {
      if (this.#asking === asking) this.#asking = null;
      this.#draw(exchange);
      this.#update();
      this.#save();
    }
  }

  /**
   * Ask, and take up an answer that was cut, until it is whole.
   * @param {Exchange} exchange @param {AbortSignal} signal
   */
  async #converse(exchange, signal) {
    const events = { retry: FIRST_WAIT_MS };
    let [tries, renewed] = [0, false];
    for (;;) {
      const before = exchange.last;
      try {
        const answer = await this.#send(exchange, signal);
        const cut = exchange.last && answer.status >= 500; // a proxy, while the server starts again
        if (!answer.ok && !cut) {
          const trouble = await refusal(answer);
          if (!trouble.forgotten || renewed) throw trouble;
          renewed = true; // the server keeps no session for ever: a new one
          this.#session = '';
          Object.assign(exchange, { answer: '', citations: [], last: '' });
          continue;
        }
        if (!cut && (await this.#hear(answer, exchange, events))) return;
      } catch (error) {
        if (signal.aborted || !(error instanceof TypeError)) throw error; // TypeError: a network that was lost
      }
      if (exchange.last !== before) tries = 0;
      if (++tries > (exchange.last ? MOST_TRIES : 1)) throw new Trouble(await this.#whyLost(exchange));
      await pause(Math.min(events.retry * 2 ** (tries - 1), LONGEST_WAIT_MS), signal);
    }
  }

  /** @param {Exchange} exchange @param {AbortSignal} signal */
  #send({ question, quote, last }, signal) {
    const text = this.getAttribute('text');
    return fetch(`${this.#server}chat`, {
      method: 'POST',
      headers: {
        Accept: 'text/event-stream',
        'Content-Type': 'application/json',
        'X-API-Key': this.#key,
        ...(last && { 'Last-Event-ID': last }),
      },
      body: JSON.stringify({
        message: question,
        ...(this.#session && { session_id: this.#session }),
        ...(quote && { selected_text: quote }),
        ...(text && { text_id: text }),
      }),
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
  }

  /**
   * @param {Response} answer @param {Exchange} exchange
   * @param {{ retry: number }} told as the server wants it
   * @returns {Promise<boolean>} whether it came to its end
   */
  async #hear(answer, exchange, told) {
    if (!answer.body || !/event-stream/.test(answer.headers.get('Content-Type') ?? '')) throw new Trouble('failed');
    this.#session = answer.headers.get('X-Session-ID') ?? this.#session;
    const reader = answer.body.getReader();
    const [decoder, events] = [new TextDecoder(), new EventReader()];
    for (;;) {
      const silence = setTimeout(() => void reader.cancel(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return false;
      for (const event of events.read(decoder.decode(value, { stream: true }))) {
        if (!this.#take(event, exchange)) continue;
        void reader.cancel();
        return true;
      }
      told.retry = events.retry || told.retry;
      exchange.last = events.lastId || exchange.last;
    }
  }

  /** @param {StreamEvent} event @param {Exchange} exchange @returns {boolean} whether it was the last */
  #take({ id, type, data }, exchange) {
    const place = (/** @type {string} */ of) => Number(/\/(\d{1,9})$/.exec(of)?.[1]); // NaN: of no event
    if (exchange.last && place(id) <= place(exchange.last)) return false; // heard before
    const said = JSON.parse(data);
    exchange.last = id;
    this.#session = said.session_id ?? this.#session;
    if (type === 'text_chunk') exchange.answer += said.text;
    if (type === 'response_meta') {
      exchange.answer = said.response_text ?? exchange.answer;
      exchange.citations = said.citations ?? [];
    }
    if (type === 'error') throw new Trouble('failed', { said: said.message, wait: said.retry_after });
    if (type === 'stream_end' && said.interrupted) exchange.state = 'stopped';
    this.#frame ||= requestAnimationFrame(() => this.#draw(exchange));
    return type === 'stream_end';
  }

  /** @param {Exchange} exchange @returns {Promise<Word>} */
  async #whyLost({ last }) {
    if (!navigator.onLine) return 'offline';
    if (last) return 'cut';
    // A page that may not ask sees no difference; but then anybody may ask whether the server is well.
    const probe = { mode: /** @type {const} */ ('no-cors'), signal: AbortSignal.timeout(LONGEST_WAIT_MS) };
    return fetch(`${this.#server}health`, probe).then(() => 'origin', () => 'unreachable');
  }

  /** @param {Exchange} exchange @param {Trouble} trouble */
  #fail(exchange, { word, wait, said }) {
    exchange.state = 'failed';
    if (!exchange.answer) {
      this.#exchanges = this.#exchanges.filter((other) => other !== exchange);
      this.#views.get(exchange)?.answer.parentElement?.remove();
    }
    if (!this.#field.value) {
      this.#field.value = exchange.question;
      this.#quote ||= exchange.quote;
    }
    const { alert } = this.#parts;
    const [count, unit] = wait < 120 ? [wait, 'second'] : wait < 7200 ? [wait / 60, 'minute'] : [wait / 3600, 'hour'];
    const when = new Intl.RelativeTimeFormat(this.#lang).format(Math.ceil(count), /** @type {any} */ (unit));
    alert.textContent = said || this.#t(word, { when });
    this.#goOn();
    if (!wait) return;
    this.#waits = setTimeout(() => {
      this.#goOn();
      this.#parts.alert.textContent = '';
      this.#tell(this.#t('again'));
      this.#update();
    }, wait * 1000);
  }

  #goOn() {
    clearTimeout(this.#waits);
    this.#waits = 0;
  }

  // Showing

  /** @param {Exchange} exchange @returns {View} */
  #view(exchange) {
    const [answer, after] = [h('div', { class: 'answer' }), h('div')];
    const view = { answer, after, sources: [], drawn: '', told: Infinity }; // what was kept is not told again
    this.#views.set(exchange, view);
    const quote = exchange.quote ? [h('blockquote', { class: 'quote', 'aria-label': this.#t('selected') }, exchange.quote)] : [];
    const asked = h('div', { class: 'asked', role: 'group', 'aria-label': this.#t('you') }, ...quote, exchange.question);
    this.#parts.log.append(h('article', {}, asked, answer, after));
    this.#draw(exchange);
    return view;
  }

  /** @param {Exchange} exchange */
  #draw(exchange) {
    this.#frame = 0;
    const view = this.#views.get(exchange);
    if (!view) return;
    const { log } = this.#parts;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    const { answer, citations, state } = exchange;
    const trees = markdown(answer);
    const sources = trees.map((tree) => `${citations.length} ${JSON.stringify(tree)}`);
    for (const [at, tree] of trees.entries()) {
      if (view.sources[at] === sources[at]) continue;
      const made = this.#grow(tree, citations);
      const old = view.answer.childNodes[at];
      if (old) old.replaceWith(made);
      else view.answer.append(made);
    }
    while (view.answer.childNodes.length > trees.length) view.answer.lastChild?.remove();
    view.sources = sources;
    const note = state === 'asked' && !answer ? 'thinking' : state === 'stopped' ? 'stopped' : '';
    const after = JSON.stringify([note, citations]);
    if (view.drawn !== after) {
      const cites = citations.map((one) => h('li', {}, this.#mark(one), h('div', {}, ...where(one))));
      view.after.replaceChildren(
        ...(note ? [h('p', { class: note === 'thinking' ? 'note dots' : 'note' }, this.#t(note).replace('…', ''))] : []),
        ...(cites.length ? [h('ol', { class: 'cites', 'aria-label': this.#t('cites') }, ...cites)] : []),
      );
    }
    view.drawn = after;
    if (atEnd) log.scrollTop = log.scrollHeight;
    const sentences = [...new Intl.Segmenter(this.#lang, { granularity: 'sentence' }).segment(plain(trees))];
    const whole = state === 'asked' ? sentences.slice(0, -1) : sentences; // the newest may still grow
    for (const { segment } of whole.slice(view.told)) this.#tell(segment.trim());
    view.told = Math.max(view.told, whole.length);
  }

  /** @param {string} words for who does not see */
  #tell(words) {
    if (words) this.#parts.told.append(h('p', {}, words));
  }

  /** @param {Tree} tree @param {Citation[]} citations @returns {Node} */
  #grow(tree, citations) {
    if (typeof tree === 'string') return new Text(tree);
    const { tag, of, href, number } = tree;
    if (tag === 'cite') {
      const citation = citations.find((one) => one.number === number);
      return citation ? h('span', { class: 'joined' }, this.#mark(citation)) : new Text(`[${number}]`);
    }
    const given = href ? { href, target: '_blank', rel: 'noopener noreferrer nofollow' } : number ? { start: number } : {};
    return h(/** @type {'a'} */ (tag), given, ...of.map((one) => this.#grow(one, citations)));
  }

  /** @param {Citation} citation @returns {HTMLElement} what jumps to it, or shows it */
  #mark(citation) {
    const { number, quote, anchor, url } = citation;
    const page = url ? webUrl(url, document.baseURI) : null;
    const stays = page?.origin === location.origin; // in this tab, where the conversation is
    const click = (/** @type {MouseEvent} */ event) => {
      if (this.#jump(citation, page)) event.preventDefault();
      else if (!page) this.#showCard(citation, /** @type {HTMLElement} */ (event.currentTarget));
      else if (stays && !(event.ctrlKey || event.metaKey || event.shiftKey)) this.#follow({ ...citation, url: page.href });
    };
    const given = { class: 'mark', 'aria-label': this.#t('cite', { n: number }), click };
    if (!page) return h('button', { type: 'button', ...given }, `[${number}]`);
    const href = `${page.href.split('#')[0]}#${encodeURIComponent(anchor ?? '')}${textFragment(quote)}`;
    return h('a', { href, target: stays ? '_self' : '_blank', rel: 'noopener', ...given }, `[${number}]`);
  }

  /**
   * @param {Citation} citation @param {URL | null} page where it is
   * @param {boolean} [landing] whether this page has just been opened for it
   * @returns {boolean} whether it is here
   */
  #jump({ quote, anchor, heading }, page, landing = false) {
    const title = fold(heading?.at(-1) ?? '');
    const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')];
    const head =
      (anchor && document.getElementById(anchor)) || (title && headings.find((one) => fold(one.textContent ?? '') === title)) || null;
    const range = findQuote(quote, head);
    const here = !page || bare(page) === bare(new URL(location.href));
    const words = range?.startContainer.parentElement;
    const block = words?.closest('p, li, td, dd, pre, blockquote, h1, h2, h3, h4, h5, h6') ?? words;
    const spot = /** @type {HTMLElement | null} */ (block ?? head);
    if (!spot || (!here && !(head && range))) return false; // other pages may have such a heading too
    for (let shut; (shut = spot.closest('details:not([open])')); ) shut.setAttribute('open', '');
    mark(spot, range);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    spot.scrollIntoView({ block: 'center', behavior: still || landing ? 'instant' : 'smooth' });
    const panel = this.#parts.panel.getBoundingClientRect();
    const around = new Range();
    around.selectNodeContents(spot);
    const hidden = [...around.getClientRects()].some(({ left, right }) => right > panel.left && left < panel.right);
    if (hidden) this.#close(false); // it would cover what was asked for, or the rest of its sentence
    if (!spot.hasAttribute('tabindex')) spot.tabIndex = -1; // for good: closing the panel may lead back to it
    spot.focus({ preventScroll: true, focusVisible: landing ? false : undefined });
    return true;
  }

  /** @param {Citation} citation @param {HTMLElement} beside */
  #showCard(citation, beside) {
    const { card, panel } = this.#parts;
    const listed = beside.closest('.cites li'); // where it stands already
    card.replaceChildren(...(listed ? [] : where(citation)), h('div', { class: 'note' }, this.#t('elsewhere')));
    card.showPopover();
    const words = listed ?? beside;
    const aside = panel.getBoundingClientRect().left - card.offsetWidth - 8;
    const isTight = words.getBoundingClientRect().bottom + card.offsetHeight + 16 > innerHeight;
    if (aside < 8 && isTight) words.scrollIntoView({ block: 'center' });
    put(card, words.getBoundingClientRect(), aside);
    card.focus();
    card.addEventListener('beforetoggle', () => card.matches(':focus') && beside.focus(), { once: true });
  }

  // The next page

  get #drawer() {
    return `robi-chat ${this.#server} ${this.#key}`;
  }

  /** @param {Citation} citation that leads to another page: there it is found as it would be here */
  #follow(citation) {
    storing(() => sessionStorage.setItem(`${this.#drawer} follows`, JSON.stringify(citation)));
    if (matchMedia(NARROW).matches) this.#close(false);
  }

  #arrive() {
    const drawer = `${this.#drawer} follows`;
    const citation = JSON.parse(storing(() => sessionStorage.getItem(drawer)) || 'null');
    if (!citation) return;
    storing(() => sessionStorage.removeItem(drawer));
    const jump = () => this.#jump(citation, webUrl(citation.url), true);
    jump();
    if (!CSS.highlights?.has(HIGHLIGHT)) addEventListener('load', jump, { once: true, signal: this.#gone.signal });
  }

  #save() {
    const kept = { session: this.#session, open: this.#open, exchanges: this.#exchanges.slice(-KEPT) };
    storing(() => sessionStorage.setItem(this.#drawer, JSON.stringify(kept)));
  }

  #restore() {
    const kept = JSON.parse(storing(() => sessionStorage.getItem(this.#drawer)) || '{}');
    this.#session = kept.session ?? '';
    this.#open = kept.open ?? false;
    this.#exchanges = kept.exchanges ?? [];
  }
}

/** @template T @param {() => T} use @returns {T | null} null: a browser may forbid it, and its room may be full */
function storing(use) {
  try {
    return use();
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/** @param {string} text */
function styled(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** @param {URL} url @returns {string} the page, however it is written */
function bare(url) {
  return url.origin + url.pathname.replace(/(index\.html)?\/?$/, '');
}

/** @param {Citation} citation @returns {Node[]} */
function where({ heading = [], title, place, quote }) {
  const path = (heading.length ? heading : [title]).filter(Boolean).join(' › ');
  const isWhole = /[.!?…][\p{Pe}\p{Pf}"']*$/u.test(quote);
  const words = h('q', isWhole ? {} : { class: 'partial' }, quote);
  return [h('div', { class: 'where' }, [path, place].filter(Boolean).join(' · ')), words];
}

/** @type {CSSStyleSheet | null} */
let highlighted = null;

/** @param {HTMLElement} spot @param {Range | null} range */
function mark(spot, range) {
  if (range && CSS.highlights) {
    highlighted ??= styled(HIGHLIGHTED);
    if (!document.adoptedStyleSheets.includes(highlighted)) document.adoptedStyleSheets.push(highlighted);
    CSS.highlights.set(HIGHLIGHT, new Highlight(range));
  } else {
    spot.style.outline = '3px solid #e0a800';
    setTimeout(() => spot.style.removeProperty('outline'), 4000);
  }
}

/**
 * @param {HTMLElement} element to be put below, or above @param {DOMRect} box
 * @param {number} [aside] from the left, if there is room on that side
 */
function put(element, box, aside = 0) {
  const { offsetWidth: width, offsetHeight: height } = element;
  const below = box.bottom + 8;
  const fits = below + height + 8 < innerHeight ? below : box.top - height - 8;
  const [top, left] = aside < 8 ? [fits, Math.min(box.left, innerWidth - width - 8)] : [Math.min(box.top, innerHeight - height - 8), aside];
  Object.assign(element.style, { inset: `${Math.max(8, top)}px auto auto ${Math.max(8, left)}px`, margin: 0 });
}

/** @param {Response} answer that is an error @returns {Promise<Trouble>} */
async function refusal(answer) {
  const { status, headers } = answer;
  const told = await answer.text();
  const error = /^\s*\{/.test(told) ? JSON.parse(told) : {}; // else it is the page of a proxy
  const wait = Number(headers.get('Retry-After') || error.retry_after);
  if (status === 401) return new Trouble('key');
  if (status === 403) return new Trouble('origin');
  if (status === 404) return new Trouble('text', { forgotten: error.error_code === 'SESSION_NOT_FOUND' });
  if (status === 429) return new Trouble('often', { wait: wait || 60 });
  if (status === 503) return new Trouble('busy', { wait: wait || 5 });
  return new Trouble(status < 500 ? 'bad' : 'failed');
}

if (globalThis.customElements && !customElements.get('robi-chat')) {
  customElements.define('robi-chat', RobiChat);
  const given = new URLSearchParams(new URL(import.meta.url).hash.slice(1));
  const begin = () => {
    if (!given.has('key') || document.querySelector('robi-chat')) return;
    const chat = document.createElement('robi-chat');
    for (const name of RobiChat.observedAttributes) if (given.has(name)) chat.setAttribute(name, given.get(name) ?? '');
    document.body.append(chat);
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
}
