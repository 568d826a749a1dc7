/**
 * People show the robot something of their own accord: a photo, a film, or a file.
 *
 * Owns the dialog in which it is taken, looked at, given words, and sent or thrown away.
 */

import { Camera } from './camera.js';
import { LONGEST_FILM_MS } from './countdown.js';
import { DeviceTrouble } from './devices.js';
import { h, say } from './dom.js';
import { FileTrouble, load } from './files.js';
import './words/media.js';

/** @typedef {import('./robot.js').Robot} Robot */
/** @typedef {import('./camera.js').Taken} Taken */

/**
 * Put the button into `root` that opens the dialog.
 * @param {HTMLElement} root
 * @param {Robot} robot
 */
export function mountShowing(root, robot) {
  const open = h('button', {
    type: 'button',
    class: 'eyes-show',
    word: 'eyes.show',
    words: { title: 'eyes.show.title' },
    onclick: () => new Showing(robot),
  });
  root.classList.add('eyes');
  root.append(open);
}

class Showing {
  /** @type {Camera|null} */
  #camera = null;
  /** @type {import('./camera.js').Film|null} */
  #film = null;
  /** @type {Taken|null} */
  #taken = null;
  #url = '';
  #filmTimer = 0;
  /** Whether the microphone is being opened for a film. */
  #preparing = false;
  #closed = false;

  /** @param {Robot} robot */
  constructor(robot) {
    this.robot = robot;
    this.stage = h('div', { class: 'eyes-frame' });
    this.note = h('p', { class: 'eyes-note', role: 'status', word: 'eyes.choose' });
    this.words = h('input', {
      type: 'text',
      class: 'eyes-words',
      maxLength: 500,
      autocomplete: 'off',
      words: { placeholder: 'eyes.words.hint' },
    });
    this.wordsLabel = h('label', { class: 'eyes-field' }, h('span', { word: 'eyes.words' }), this.words);
    this.face = h('input', { type: 'checkbox' });
    this.faceLabel = h('label', { class: 'eyes-check' }, this.face, h('span', { word: 'eyes.face' }));
    this.file = h('input', {
      type: 'file',
      class: 'eyes-file',
      accept: 'image/*,video/*,audio/*',
      onchange: () => void this.#choose(),
    });
    const button = (/** @type {string} */ word, /** @type {() => void} */ onclick) =>
      h('button', { type: 'button', word, onclick });
    this.openCamera = button('eyes.camera', () => void this.#open());
    this.fileLabel = h('label', { class: 'eyes-pick' }, h('span', { word: 'eyes.file' }), this.file);
    this.photo = button('eyes.photo', () => void this.#photo());
    this.filming = button('eyes.film', () => void this.#toggleFilm());
    this.send = button('eyes.send', () => void this.#send());
    this.send.classList.add('eyes-send');
    this.again = button('eyes.again', () => this.#reset());
    this.cancel = button('eyes.cancel', () => this.dialog.close());
    const title = h('h2', { id: 'showing-title', class: 'eyes-title', word: 'eyes.show.heading' });
    this.dialog = h(
      'dialog',
      { class: 'eyes-dialog', 'aria-labelledby': 'showing-title', onclose: () => this.#close() },
      title,
      this.stage,
      this.note,
      this.wordsLabel,
      this.faceLabel,
      h(
        'div',
        { class: 'eyes-buttons' },
        this.openCamera,
        this.fileLabel,
        this.photo,
        this.filming,
        this.send,
        this.again,
        this.cancel,
      ),
    );
    // Enter in the words sends, as everywhere.
    this.words.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault(); // else it presses the button that has the focus after the dialog
      void this.#send();
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.#arrange('choose');
  }

  /** Show what belongs to this moment. @param {'choose'|'live'|'taken'} moment */
  #arrange(moment) {
    this.stage.hidden = moment === 'choose';
    this.openCamera.hidden = this.fileLabel.hidden = moment !== 'choose';
    this.photo.hidden = this.filming.hidden = moment !== 'live';
    this.wordsLabel.hidden = this.send.hidden = this.again.hidden = moment !== 'taken';
    this.faceLabel.hidden = moment !== 'taken' || !this.#taken?.mime.startsWith('image/');
    const first = { choose: this.openCamera, live: this.photo, taken: this.words }[moment];
    first.focus();
  }

  async #open() {
    this.#say('eyes.opening');
    try {
      const camera = await Camera.open();
      if (this.#closed) {
        camera.close();
        return;
      }
      this.#camera = camera;
      this.preview = h('video', { playsinline: true, muted: true, words: { 'aria-label': 'eyes.preview' } });
      this.stage.replaceChildren(this.preview);
      if (!(await camera.showIn(this.preview))) return;
      this.#say('eyes.live');
      this.#arrange('live');
    } catch (error) {
      if (!(error instanceof DeviceTrouble)) throw error;
      this.#say(error.word, true);
    }
  }

  async #photo() {
    if (this.#camera && this.preview) this.#take(await this.#camera.photo(this.preview));
  }

  async #toggleFilm() {
    if (this.#film) {
      const film = this.#film;
      this.#film = null;
      window.clearTimeout(this.#filmTimer);
      say(this.filming, 'eyes.film');
      this.#take(await film.stop());
      return;
    }
    const camera = this.#camera;
    if (!camera || this.#preparing) return;
    this.photo.hidden = true;
    this.#preparing = true;
    try {
      await camera.listen();
      if (this.#closed) return;
      this.#film = camera.film();
    } catch (error) {
      if (!(error instanceof DeviceTrouble)) throw error;
      this.photo.hidden = false;
      this.#say(error.word, true);
      return;
    } finally {
      this.#preparing = false;
    }
    say(this.filming, 'eyes.film.stop');
    this.#say('eyes.filming');
    this.#filmTimer = window.setTimeout(() => void this.#toggleFilm(), LONGEST_FILM_MS);
  }

  async #choose() {
    const file = this.file.files?.[0];
    if (!file) return;
    try {
      this.#take(await load(file));
    } catch (error) {
      if (!(error instanceof FileTrouble)) throw error;
      this.file.value = '';
      this.#say(error.word, true);
    }
  }

  /** @param {Taken} taken */
  #take(taken) {
    if (this.#closed) return;
    this.#camera?.close();
    this.#camera = null;
    this.#taken = taken;
    this.#url = URL.createObjectURL(taken.data);
    this.stage.replaceChildren(this.#shown(taken.mime));
    this.#say('eyes.taken');
    this.#arrange('taken');
  }

  /** @param {string} mime */
  #shown(mime) {
    const words = { 'aria-label': 'eyes.taken.label' };
    if (mime.startsWith('image/')) return h('img', { src: this.#url, words: { alt: 'eyes.taken.label' } });
    if (mime.startsWith('video/')) return h('video', { src: this.#url, controls: true, playsinline: true, words });
    return h('audio', { src: this.#url, controls: true, words });
  }

  async #send() {
    const taken = this.#taken;
    if (!taken) return;
    const purpose = this.face.checked && taken.mime.startsWith('image/') ? 'registration' : 'context';
    const text = this.words.value.trim();
    this.dialog.close();
    await this.robot.show({ ...taken, purpose, ...(text ? { text } : {}) });
  }

  #reset() {
    this.#forget();
    this.file.value = '';
    this.#say('eyes.choose');
    this.#arrange('choose');
  }

  #forget() {
    window.clearTimeout(this.#filmTimer);
    this.#film = null;
    this.#camera?.close();
    this.#camera = null;
    this.#taken = null;
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
    this.stage.replaceChildren();
  }

  #close() {
    this.#closed = true;
    this.#forget();
    this.dialog.remove();
  }

  /** @param {string} word @param {boolean} [trouble] */
  #say(word, trouble = false) {
    this.note.setAttribute('role', trouble ? 'alert' : 'status');
    say(this.note, word);
  }
}
