import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

import { quoted, script } from '../../../robi/web/console/js/panel/script.js';

/** @typedef {import('../../../robi/web/console/js/link.js').Message} Message */

const where = { url: 'ws://localhost:8000/ws/interact', personId: 'unknown' };

/** The script of these messages, of 4096 bytes each. @param {...Message} messages */
const said = (...messages) =>
  script(
    messages.map((message) => ({ message, bytes: 4096, at: 0 })),
    where,
  );

/** The lines that `./dev chat` would read: the script is run by sh, with `cat` in its place. */
const lines = (/** @type {string} */ text) =>
  execFileSync('sh', ['-c', text.replace(/\} \| .*$/m, '} | cat')], { encoding: 'utf-8' })
    .split('\n')
    .slice(0, -1);

test('script_of_typed_words_says_them', () => {
  const text = said({ type: 'text', request_id: 'r', content: 'Hola, ¿qué tal?' });
  assert.deepEqual(lines(text), ['Hola, ¿qué tal?']);
  assert.ok(
    text.endsWith("} | ./dev chat --person 'unknown' --url 'ws://localhost:8000/ws/interact'\n"),
  );
});

test('script_of_words_that_the_shell_would_take_amiss_says_them_as_they_were', () => {
  const content = `it's $HOME \`id\` "\\n" %s; rm -rf /`;
  assert.deepEqual(lines(said({ type: 'text', request_id: 'r', content })), [content]);
});

test('script_of_words_that_the_terminal_would_take_for_a_command_or_a_file_sends_the_message_itself', () => {
  for (const content of ['/quit', '~/photo', 'photo.jpg', 'two\nlines', ' ']) {
    const message = { type: 'text', request_id: 'r', content };
    assert.deepEqual(lines(said(message)), [`/raw ${JSON.stringify(message)}`]);
  }
});

test('script_of_a_meeting_says_who_it_is_before_what_is_said', () => {
  const meeting = { type: 'interaction_start', request_id: 'r', person_id: 'user_ana_1f3c9a' };
  const text = said(meeting, { type: 'text', request_id: 'r', content: 'Hola' });
  assert.deepEqual(lines(text), ['/me user_ana_1f3c9a', 'Hola']);
});

test('script_names_a_person_once_however_often_the_page_has_said_who_is_there', () => {
  const stranger = { type: 'interaction_start', request_id: 'r', person_id: 'unknown' };
  const ana = { ...stranger, person_id: 'user_ana_1f3c9a' };
  assert.deepEqual(lines(said(stranger, ana, ana, stranger)), [
    '/me user_ana_1f3c9a',
    '/me unknown',
  ]);
});

test('script_of_what_was_shown_says_in_a_comment_how_to_show_it', () => {
  const text = said({ type: 'image', request_id: 'r', purpose: 'context', data: '/9j/… (300000)' });
  assert.deepEqual(lines(text), []);
  assert.match(text, /# image, 4096 bytes; with a file of yours:\n +# say '\/photo photo.jpg'/);
});

test('script_of_spoken_utterances_says_in_comments_how_long_each_was', () => {
  const sound = { type: 'audio bytes' };
  const end = { type: 'audio_end', request_id: 'r' };
  const text = said(sound, sound, end, sound, end);
  assert.deepEqual(lines(text), []);
  assert.deepEqual(text.match(/# audio_end, \d+/g), ['# audio_end, 8192', '# audio_end, 4096']);
});

test('script_tells_where_an_answer_was_interrupted', () => {
  const text = said(
    { type: 'text', request_id: 'r', content: 'Cuenta' },
    { type: 'interrupt', request_id: 'r' },
  );
  assert.match(text, /say 'Cuenta'\n +# here the answer was interrupted/);
});

test('script_sends_as_it_was_what_the_terminal_has_no_command_for', () => {
  const message = { type: 'battery_alert', request_id: 'r', battery_level: 9, source: 'robot' };
  assert.deepEqual(lines(said(message)), [`/raw ${JSON.stringify(message)}`]);
});

test('script_leaves_authentication_to_the_terminal', () => {
  const text = said({ type: 'auth', api_key: '…', device_id: 'd' });
  assert.deepEqual(lines(text), []);
  assert.doesNotMatch(text, /auth/);
});

test('quoted_is_one_word_of_the_shell', () => {
  assert.equal(quoted("l'eau"), `'l'\\''eau'`);
});
