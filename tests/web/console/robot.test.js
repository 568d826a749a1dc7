// What robi/web/console/js/robot.js says to the server, and what it makes of the answers.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

import { Link } from '../../../robi/web/console/js/link.js';
import { Robot } from '../../../robi/web/console/js/robot.js';
import { fakeServer, heard } from './sockets.js';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

/** A robot whose link is open, and the socket of it. */
function connected({ person = null, unfinished = null, resume = null, resumed = false } = {}) {
  const { sockets, options } = fakeServer({ resume });
  const link = new Link(options);
  const robot = new Robot(link, { person, unfinished });
  link.start();
  sockets[0].greets('s', resumed);
  return { robot, link, sockets, server: sockets[0] };
}

/** Everything that a robot performs, as lines. */
function performance_of(robot) {
  const lines = [];
  robot.on('begin', ({ requestId }) => lines.push(`begin ${requestId}`));
  robot.on('emotion', ({ emotion }) => lines.push(emotion));
  robot.on('said', ({ text }) => lines.push(text));
  robot.on('expression', ({ emojis }) => lines.push(emojis.join()));
  robot.on('actions', ({ actions }) => lines.push(`${actions.length} actions`));
  robot.on('end', () => lines.push('end'));
  robot.on('hush', ({ spokenChars }) => lines.push(`hush ${spokenChars}`));
  robot.on('trouble', ({ message }) => lines.push(message));
  return lines;
}

let seq = 0;
const say = (server, request_id, type, fields = {}) => {
  server.says({ type, request_id, seq: (seq += 1), ...fields });
};
beforeEach(() => {
  seq = 0;
});

function answer(server, request_id) {
  say(server, request_id, 'emotion', { emotion: 'happy' });
  say(server, request_id, 'text_chunk', { text: 'Hola, ' });
  say(server, request_id, 'text_chunk', { text: 'Ana.' });
  say(server, request_id, 'response_meta', {
    expression: { emojis: ['1F600'], duration_per_emoji: 2000, transition: 'fade' },
    actions: [{ type: 'stop' }],
  });
  say(server, request_id, 'stream_end');
}

test('robot_of_a_new_session_says_who_is_there_in_the_dialect_of_persons', () => {
  const { server } = connected();
  assert.deepEqual(server.last('interaction_start').person_id, 'unknown');
  assert.equal(server.last('interaction_start').face_recognized, false);
});

test('robot_of_a_resumed_session_does_not_interrupt_what_is_being_said', () => {
  const { server } = connected({ resume: { sessionId: 's', lastSeq: 3 }, resumed: true });
  assert.deepEqual(server.typesSent(), ['auth']);
});

test('typed_words_are_answered_by_a_performance', () => {
  const { robot, server } = connected();
  const lines = performance_of(robot);
  const id = robot.say('  Hola  ');
  assert.equal(server.last('text').content, 'Hola');
  answer(server, id);
  assert.deepEqual(lines, [`begin ${id}`, 'happy', 'Hola, ', 'Ana.', '1F600', '1 actions', 'end']);
});

test('nothing_to_say_is_not_said', () => {
  const { robot, server } = connected();
  assert.equal(robot.say('  '), null);
  assert.equal(server.last('text'), undefined);
});

test('mood_follows_the_turn', () => {
  const { robot, server } = connected();
  const moods = heard(robot, 'mood');
  const id = robot.say('Hola');
  say(server, id, 'emotion', { emotion: 'happy' });
  say(server, id, 'text_chunk', { text: 'Hola.' });
  robot.speaking = true;
  say(server, id, 'stream_end');
  assert.equal(robot.mood, 'speaking');
  robot.speaking = false;
  assert.deepEqual(moods, ['thinking', 'speaking', 'idle']);
});

test('words_said_without_a_link_go_out_with_the_next_one', () => {
  const { robot, link, sockets } = connected();
  const unsent = heard(robot, 'unsent');
  link.kill();
  assert.equal(robot.mood, 'disconnected');
  robot.say('Hola');
  assert.deepEqual(unsent, [{ text: 'Hola' }]);
  mock.timers.tick(1000);
  sockets[1].greets('s', true);
  assert.deepEqual(sockets[1].typesSent(), ['auth', 'text']);
});

/** What `robot` says by its link when it is there again: without introductions. */
function said_next(sockets) {
  mock.timers.tick(1000);
  sockets.at(-1).greets('s', true);
  return sockets.at(-1).sent.filter(({ type }) => type !== 'auth');
}

test('words_typed_one_after_another_without_a_link_go_out_together', () => {
  const { robot, link, sockets } = connected();
  const unsent = heard(robot, 'unsent');
  link.kill();
  robot.say('Hola');
  const id = robot.say('¿Qué tal?');
  assert.deepEqual(unsent.at(-1), { text: 'Hola\n¿Qué tal?' });
  assert.deepEqual(said_next(sockets), [{ type: 'text', request_id: id, content: 'Hola\n¿Qué tal?' }]);
});

test('words_that_are_too_many_for_one_utterance_go_out_one_after_another', () => {
  const { robot, link, sockets } = connected();
  link.kill();
  robot.say('a'.repeat(20000));
  robot.say('b'.repeat(20000));
  assert.deepEqual(said_next(sockets).map(({ type }) => type), ['text', 'interrupt', 'text']);
});

test('things_shown_without_a_link_are_kept_up_to_four_and_the_oldest_is_told_to_be_lost', async () => {
  const { robot, link, sockets } = connected();
  const lost = heard(robot, 'lost');
  link.kill();
  for (const text of ['1', '2', '3', '4', '5']) {
    await robot.show({ data: new Blob(['abc']), mime: 'image/jpeg', text });
  }
  assert.deepEqual(lost, [{ text: '1' }]);
  const shown = said_next(sockets).filter(({ type }) => type === 'image');
  assert.deepEqual(shown.map(({ text }) => text), ['2', '3', '4', '5']);
});

test('utterance_aloud_that_waits_for_a_link_and_is_followed_by_another_is_told_to_be_lost', () => {
  const { robot, link } = connected();
  const lost = heard(robot, 'lost');
  link.kill();
  robot.beginListening();
  robot.hear(new ArrayBuffer(2));
  robot.endListening();
  robot.say('Hola');
  assert.deepEqual(lost, [{ text: '' }]);
});

test('words_said_to_a_frozen_link_that_is_killed_go_out_with_the_next_one', () => {
  const { robot, link, sockets } = connected();
  link.freeze(true);
  const id = robot.say('Hola');
  link.kill();
  link.freeze(false);
  assert.deepEqual(said_next(sockets), [{ type: 'text', request_id: id, content: 'Hola' }]);
});

test('words_said_to_a_frozen_link_that_is_thawed_go_out_once', () => {
  const { robot, link, sockets, server } = connected();
  link.freeze(true);
  robot.say('Hola');
  link.freeze(false);
  assert.equal(server.last('text').content, 'Hola');
  link.kill();
  assert.deepEqual(said_next(sockets), []);
});

test('utterance_aloud_said_to_a_frozen_link_that_is_killed_goes_out_whole_with_the_next_one', () => {
  const { robot, link, sockets } = connected();
  link.freeze(true);
  robot.beginListening();
  robot.hear(new ArrayBuffer(2));
  robot.endListening();
  link.kill();
  link.freeze(false);
  assert.deepEqual(said_next(sockets).map(({ type }) => type ?? 'bytes'), [
    'interaction_start', 'bytes', 'audio_end',
  ]);
});

const UNFINISHED = {
  requestId: 'r', asked: 'Un cuento', emotion: 'happy', text: 'Había una vez un robot. ', spokenChars: 12, ended: false,
};

test('page_that_goes_in_mid_answer_leaves_what_came_and_how_much_was_spoken', () => {
  const { robot, server } = connected();
  assert.equal(robot.unfinished, null);
  const requestId = robot.say('Un cuento');
  say(server, requestId, 'emotion', { emotion: 'happy' });
  say(server, requestId, 'text_chunk', { text: UNFINISHED.text });
  robot.spokenSoFar = () => 12;
  assert.deepEqual(robot.unfinished, { ...UNFINISHED, requestId });
  robot.speaking = true;
  say(server, requestId, 'stream_end');
  assert.equal(robot.unfinished.ended, true);
  robot.speaking = false;
  assert.equal(robot.unfinished, null);
});

/** A robot whose page was loaded again in the middle of `UNFINISHED`, and what it performs. */
function goingOn({ resumed = true, ...more } = {}) {
  const { sockets, options } = fakeServer({ resume: { sessionId: 's', lastSeq: 2 } });
  seq = 2;
  const robot = new Robot(new Link(options), { unfinished: { ...UNFINISHED, ...more } });
  const lines = performance_of(robot);
  robot.link.start();
  sockets[0].greets('s', resumed);
  return { robot, lines, server: sockets[0] };
}

test('page_that_is_loaded_again_goes_on_from_the_word_that_was_being_spoken', () => {
  const { robot, lines, server } = goingOn();
  say(server, 'r', 'text_chunk', { text: 'Era azul.' });
  assert.deepEqual(lines, ['begin r', 'happy', 'vez un robot. ', 'Era azul.']);
  assert.equal(robot.turns.get('r').text, 'Había una vez un robot. Era azul.');
});

test('interruption_after_the_page_was_loaded_again_counts_what_was_spoken_before', () => {
  const { robot, lines, server } = goingOn();
  robot.spokenSoFar = () => 6;
  assert.equal(robot.unfinished.spokenChars, 16);
  robot.interrupt();
  assert.equal(server.last('interrupt').spoken_chars, 16);
  assert.equal(lines.at(-1), 'hush 6');
});

test('answer_that_had_all_come_is_spoken_to_its_end_by_the_page_that_is_loaded_again', () => {
  const { robot, lines } = goingOn({ ended: true });
  assert.deepEqual(lines, ['begin r', 'happy', 'vez un robot. ', 'end']);
  assert.equal(robot.turns.current, null);
  assert.deepEqual(goingOn({ ended: true, spokenChars: UNFINISHED.text.length }).lines, []);
});

test('answer_of_a_session_that_is_gone_is_not_gone_on_with', () => {
  const { robot, lines } = goingOn({ resumed: false });
  assert.deepEqual(lines, []);
  assert.equal(robot.unfinished, null);
});

test('interruption_tells_how_much_was_spoken_and_performs_nothing_more', () => {
  const { robot, server } = connected();
  const id = robot.say('Hola');
  say(server, id, 'text_chunk', { text: 'Había una vez' });
  const lines = performance_of(robot);
  robot.spokenSoFar = () => 5;
  robot.interrupt();
  assert.deepEqual(server.last('interrupt'), { type: 'interrupt', request_id: id, spoken_chars: 5 });
  say(server, id, 'text_chunk', { text: ' un robot' });
  say(server, id, 'stream_end', { interrupted: true });
  assert.deepEqual(lines, ['hush 5']);
  assert.equal(robot.turns.get(id).interrupted, true);
});

test('answer_that_is_still_spoken_after_its_end_is_interrupted_by_new_words', () => {
  const { robot, server } = connected();
  const id = robot.say('Hola');
  answer(server, id);
  robot.speaking = true;
  robot.spokenSoFar = () => 3;
  robot.say('Espera');
  assert.deepEqual(server.typesSent().slice(-2), ['interrupt', 'text']);
  assert.equal(server.last('interrupt').request_id, id);
  assert.equal(server.last('interrupt').spoken_chars, 3);
});

test('interruption_without_a_link_is_told_by_the_next_one', () => {
  const { robot, link, sockets, server } = connected();
  const id = robot.say('Hola');
  say(server, id, 'text_chunk', { text: 'Había una vez' });
  link.kill();
  robot.interrupt(5);
  mock.timers.tick(1000);
  sockets[1].greets('s', true);
  assert.deepEqual(sockets[1].sent.slice(1), [{ type: 'interrupt', request_id: id, spoken_chars: 5 }]);
  assert.equal(robot.mood, 'idle');
});

test('interruption_of_silence_is_not_sent', () => {
  const { robot, server } = connected();
  answer(server, robot.say('Hola'));
  robot.interrupt();
  assert.equal(server.last('interrupt'), undefined);
});

test('utterance_aloud_goes_out_as_it_is_heard', () => {
  const { robot, server } = connected();
  const id = robot.beginListening({ encoding: 'pcm_s16le', sample_rate: 16000 });
  assert.equal(robot.mood, 'listening');
  robot.hear(new ArrayBuffer(2));
  robot.hear(new ArrayBuffer(4));
  robot.endListening();
  assert.deepEqual(server.typesSent().slice(-4), ['interaction_start', 'bytes', 'bytes', 'audio_end']);
  assert.equal(server.last('interaction_start').request_id, id);
  assert.equal(server.last('interaction_start').audio_format.sample_rate, 16000);
  assert.equal(robot.mood, 'thinking');
});

test('utterance_of_which_the_link_is_lost_is_said_again_whole', () => {
  const { robot, link, sockets } = connected();
  robot.beginListening();
  robot.hear(new ArrayBuffer(2));
  link.kill();
  robot.hear(new ArrayBuffer(4));
  robot.endListening();
  mock.timers.tick(1000);
  sockets[1].greets('s', true);
  assert.deepEqual(sockets[1].typesSent(), ['auth', 'interaction_start', 'bytes', 'bytes', 'audio_end']);
  assert.equal(robot.listening, false);
});

test('cancelled_utterance_empties_the_ear_of_the_server', () => {
  const { robot, server } = connected();
  robot.beginListening();
  robot.hear(new ArrayBuffer(2));
  robot.cancelListening();
  robot.hear(new ArrayBuffer(4));
  robot.endListening();
  assert.deepEqual(server.typesSent().slice(-3), ['interaction_start', 'bytes', 'interaction_start']);
  assert.equal(robot.mood, 'idle');
});

test('sound_that_is_too_long_ends_the_listening', () => {
  const { robot, server } = connected();
  const id = robot.beginListening();
  robot.hear(new ArrayBuffer(2));
  say(server, id, 'error', { error_code: 'FILE_TOO_LARGE', message: 'largo' });
  assert.equal(robot.listening, false);
  assert.equal(robot.mood, 'error');
});

test('what_is_shown_goes_out_by_its_kind', async () => {
  const { robot, server } = connected();
  const data = new Blob(['abc']);
  await robot.show({ data, mime: 'image/jpeg', purpose: 'registration', text: ' yo ' });
  const { request_id, ...image } = server.last('image');
  assert.deepEqual(image, { type: 'image', purpose: 'registration', data: 'YWJj', mime: 'image/jpeg', text: 'yo' });
  assert.equal(robot.mood, 'registering');
  await robot.show({ data, mime: 'video/mp4', durationMs: 1200.4, requestId: 'asked' });
  const video = { type: 'video', request_id: 'asked', duration_ms: 1200, data: 'YWJj', mime: 'video/mp4' };
  assert.deepEqual(server.last('video'), video);
  await robot.show({ data, mime: 'audio/ogg' });
  assert.equal(server.last('multimodal').audio_mime, 'audio/ogg');
});

test('somebody_known_is_told_and_may_be_greeted', () => {
  const { robot, server } = connected();
  robot.meet({ id: 'user_ana', name: 'Ana' });
  assert.equal(server.last('interaction_start').person_id, 'user_ana');
  assert.equal(server.last('interaction_start').face_confidence, 0.95);
  const { request_id, ...seen } = server.last('person_detected');
  assert.deepEqual(seen, { type: 'person_detected', known: true, person_id: 'user_ana', confidence: 0.95 });
});

test('stranger_who_gets_a_name_is_the_person_from_then_on', () => {
  const { robot, server } = connected();
  const people = heard(robot, 'person');
  const id = robot.say('Soy Ana');
  say(server, id, 'person_registered', { person_id: 'user_ana', name: 'Ana' });
  assert.deepEqual(people, [{ id: 'user_ana', name: 'Ana' }]);
  robot.beginListening();
  assert.equal(server.last('interaction_start').person_id, 'user_ana');
});

test('context_that_has_changed_is_told_with_the_next_utterance', () => {
  const { robot, server } = connected();
  robot.context = { battery_robot: 7, sensors: { distance_cm: 30 } };
  const before = server.sent.length;
  robot.say('¿Qué tal?');
  robot.say('¿Y ahora?');
  assert.deepEqual(server.typesSent().slice(before), ['interaction_start', 'text', 'interrupt', 'text']);
  assert.equal(server.last('interaction_start').context.battery_robot, 7);
});

test('capture_is_asked_for_unless_the_answer_was_cut', () => {
  const { robot, server } = connected();
  const captures = heard(robot, 'capture');
  const id = robot.say('Mira');
  say(server, id, 'capture_request', { capture_type: 'video', duration_ms: 5000 });
  assert.deepEqual(captures, [{ requestId: id, type: 'video', durationMs: 5000 }]);
  const other = robot.say('Mira');
  robot.interrupt();
  say(server, other, 'capture_request', { capture_type: 'photo', duration_ms: null });
  assert.equal(captures.length, 1);
});

test('trouble_is_told_and_its_face_passes', () => {
  const { robot, server } = connected();
  const lines = performance_of(robot);
  const id = robot.say('Hola');
  say(server, id, 'error', { error_code: 'GEMINI_TIMEOUT', message: 'Sorry, what was it?' });
  assert.deepEqual(lines, [`begin ${id}`, 'Sorry, what was it?']);
  assert.equal(robot.mood, 'error');
  mock.timers.tick(4000);
  assert.equal(robot.mood, 'idle');
});

test('trouble_is_told_in_the_language_of_the_page', () => {
  const { robot, server } = connected();
  const troubles = heard(robot, 'trouble');
  const id = robot.say('Hola');
  say(server, id, 'error', { error_code: 'EMPTY_AUDIO', message: 'No he oído nada. ¿Me lo repites?' });
  assert.equal(troubles[0].message, 'I did not hear anything. Could you say it again?');
});

test('face_of_trouble_ends_with_the_next_turn', () => {
  const { robot, server } = connected();
  say(server, robot.say('Hola'), 'error', { error_code: 'GEMINI_TIMEOUT', message: 'Perdona' });
  const id = robot.say('¿Y ahora?');
  assert.equal(robot.mood, 'thinking');
  say(server, id, 'text_chunk', { text: 'Ahora sí.' });
  assert.equal(robot.mood, 'speaking');
});

test('words_of_a_session_that_is_gone_are_told_to_be_lost', () => {
  const { robot, link, sockets } = connected();
  const told = [];
  robot.say('Hola');
  link.kill();
  robot.on('state', ({ state }) => told.push(state));
  robot.on('lost', ({ text }) => told.push(text));
  mock.timers.tick(1000);
  sockets[1].greets('s', false);
  assert.deepEqual(told, ['connecting', 'open', 'Hola'], 'after the link, whose news it would be lost in');
  assert.equal(robot.mood, 'idle');
});

test('words_of_which_nothing_comes_back_are_told_to_be_lost', () => {
  const { robot } = connected();
  const lost = heard(robot, 'lost');
  robot.say('Hola');
  mock.timers.tick(45000);
  assert.deepEqual(lost, [{ text: 'Hola' }]);
  assert.equal(robot.turns.current, null);
});

test('link_over_which_nothing_comes_back_is_left_for_another_one', () => {
  const { robot, sockets, server } = connected();
  const told = [];
  robot.on('state', ({ state }) => told.push(state));
  robot.on('lost', ({ text }) => told.push(text));
  robot.say('Hola');
  mock.timers.tick(45000);
  assert.equal(server.closedWith, 4000);
  assert.deepEqual(told, ['waiting', 'Hola']);
  mock.timers.tick(1000);
  sockets[1].greets('s', true);
  robot.say('¿Me oyes?');
  assert.equal(sockets[1].last('text').content, '¿Me oyes?');
});

test('looking_around_ends_when_nobody_is_found', () => {
  const { robot, server } = connected();
  const actions = heard(robot, 'actions');
  robot.search();
  assert.equal(robot.mood, 'searching');
  say(server, server.last('face_scan_mode').request_id, 'face_scan_actions', { actions: [{ type: 'stop' }] });
  assert.equal(actions.length, 1);
  mock.timers.tick(8000);
  assert.equal(robot.mood, 'idle');
});

test('replay_performs_the_same_again_without_the_server', () => {
  const { robot, server } = connected();
  const id = robot.say('Hola');
  answer(server, id);
  const sent = server.sent.length;
  const turn = robot.turns.get(id);
  turn.messages.forEach((recorded, index) => {
    recorded.at = turn.sentAt + index * 100;
  });
  const lines = performance_of(robot);
  robot.replay(turn);
  mock.timers.tick(250);
  assert.deepEqual(lines, [`begin ${id}`, 'happy', 'Hola, ']);
  mock.timers.tick(1000);
  assert.deepEqual(lines.slice(3), ['Ana.', '1F600', '1 actions', 'end']);
  assert.equal(server.sent.length, sent);
  assert.equal(robot.turns.list.length, 1);
  assert.equal(robot.replaying, null);
});

test('replay_ends_when_somebody_speaks_and_the_server_is_not_told', () => {
  const { robot, server } = connected();
  const id = robot.say('Hola');
  answer(server, id);
  const turn = robot.turns.get(id);
  turn.messages.forEach((recorded, index) => {
    recorded.at = turn.sentAt + index * 100;
  });
  robot.replay(turn);
  mock.timers.tick(100);
  const lines = performance_of(robot);
  const next = robot.say('Espera');
  mock.timers.tick(1000);
  assert.deepEqual(lines, ['hush null', `begin ${next}`]);
  assert.equal(server.last('interrupt'), undefined);
});

test('voice_of_a_replay_that_is_over_is_hushed_without_telling_the_server', () => {
  const { robot, server } = connected();
  const id = robot.say('Hola');
  answer(server, id);
  robot.replay(robot.turns.get(id));
  mock.timers.tick(10000);
  robot.speaking = true;
  const lines = performance_of(robot);
  robot.interrupt(4);
  assert.deepEqual(lines, ['hush 4']);
  assert.equal(server.last('interrupt'), undefined);
});

test('refusal_of_the_key_is_no_trouble_of_the_conversation', () => {
  const { sockets, options } = fakeServer();
  const robot = new Robot(new Link(options));
  const lines = performance_of(robot);
  robot.link.start();
  sockets[0].opens();
  sockets[0].says({ type: 'error', error_code: 'API_KEY_INVALID', message: 'No abre' });
  sockets[0].ends(1008);
  assert.deepEqual(lines, []);
  assert.equal(robot.mood, 'disconnected');
});
