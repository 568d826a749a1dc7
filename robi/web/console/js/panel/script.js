/**
 * What was said in this page, as a script of the shell that says the same again by `./dev chat`, the robot in
 * the terminal. Pure.
 *
 * Each utterance becomes a line of its standard input, and it waits for an answer before it reads the
 * next. So the words are repeated, not the pauses. Sound and pictures are not kept in the page, nor
 * can a script cut in: there a comment says what happened. The key is not in it: `./dev chat` finds
 * that of its own checkout, or `$API_KEY`.
 */

/** @typedef {import('../link.js').Message} Message */
/** @typedef {import('../link.js').Passage} Passage */

/** Words that the terminal would take for something else: a command, a path, a picture, two lines. */
const NOT_PLAIN = /^[/~.]|[\r\n]|^\s|\s$|\.\w{2,4}$/;

/** The command for what was shown or said, with a file that whoever runs it puts there. */
const FILES = new Map([
  ['audio_end', '/audio question.webm'],
  ['image', '/photo photo.jpg'],
  ['video', '/video film.mp4'],
]);

/** What the terminal has no command for, and can send as it was. */
const RAW = new Set(['person_detected', 'face_scan_mode', 'battery_alert']);

/**
 * @param {readonly Passage[]} sent messages in their order; what does not ask for an answer is passed over
 * @param {{url: string, personId: string}} where the robots' link, and who stood there at the beginning
 * @returns {string}
 */
export function script(sent, { url, personId }) {
  const lines = utterances(sent, personId);
  if (lines.every((line) => line.startsWith('#'))) lines.push(':'); // the shell wants a command
  return [
    '#!/bin/sh',
    '# Made by the page of the robot. Run it in a checkout of Robi; API_KEY is the key of the server.',
    'say() { printf \'%s\\n\' "$1"; }',
    '{',
    ...lines.map((line) => `    ${line}`),
    `} | ./dev chat --person ${quoted(personId)} --url ${quoted(url)}`,
    '',
  ].join('\n');
}

/** @param {readonly Passage[]} sent @param {string} personId @returns {string[]} */
function utterances(sent, personId) {
  /** @type {string[]} */
  const lines = [];
  let audioBytes = 0;
  let there = personId;
  for (const { message, bytes } of sent) {
    if (message.type === 'audio bytes') {
      audioBytes += bytes;
    } else if (message.type === 'interaction_start') {
      if (message.person_id !== there) lines.push(`say ${quoted(`/me ${message.person_id}`)}`);
      there = message.person_id;
    } else {
      lines.push(...utterance(message, audioBytes || bytes));
      audioBytes = 0;
    }
  }
  return lines;
}

/**
 * @param {Message} message
 * @param {number} bytes of it, or of the sound before it
 * @returns {string[]}
 */
function utterance(message, bytes) {
  const { type, content } = message;
  if (RAW.has(type) || (type === 'text' && NOT_PLAIN.test(content))) {
    return [`say ${quoted(`/raw ${JSON.stringify(message)}`)}`];
  }
  if (type === 'text') return [`say ${quoted(content)}`];
  if (type === 'interrupt') return ['# here the answer was interrupted'];
  if (type === 'multimodal')
    return [`# several media at once (${bytes} bytes): not to be said in a terminal`];
  const command = FILES.get(type);
  return command ? [`# ${type}, ${bytes} bytes; with a file of yours:`, `# say '${command}'`] : [];
}

/** `text` as one word of the shell. @param {string} text @returns {string} */
export function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
