// What stays open of robi/web/console/js/camera.js when it is closed while the browser still asks.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { Camera } from '../../../robi/web/console/js/camera.js';

/** Answers what the page asked for, in the order in which it asked. */
let asked;

class Track {
  readyState = 'live';

  stop() {
    this.readyState = 'ended';
  }
}

class Stream {
  tracks = [new Track()];

  getTracks() {
    return this.tracks;
  }

  getAudioTracks() {
    return this.tracks;
  }

  addTrack(track) {
    this.tracks.push(track);
  }
}

beforeEach(() => {
  asked = [];
  const getUserMedia = () => new Promise((resolve, reject) => asked.push({ resolve, reject }));
  Object.defineProperty(globalThis, 'navigator', {
    configurable: true,
    value: { mediaDevices: { getUserMedia } },
  });
});

async function opened() {
  const opening = Camera.open();
  asked[0].resolve(new Stream());
  return await opening;
}

function live({ tracks }) {
  return tracks.filter(({ readyState }) => readyState === 'live').length;
}

test('camera_that_listens_is_closed_with_its_sound', async () => {
  const camera = await opened();
  const listening = camera.listen();
  asked[1].resolve(new Stream());
  await listening;
  assert.equal(live(camera.stream), 2);
  camera.close();
  assert.equal(live(camera.stream), 0);
});

test('sound_that_is_allowed_after_the_camera_was_closed_is_closed_too', async () => {
  const camera = await opened();
  const listening = camera.listen();
  camera.close();
  const sound = new Stream();
  asked[1].resolve(sound);
  await listening;
  assert.equal(live(sound), 0);
  assert.equal(live(camera.stream), 0);
});

test('preview_that_is_taken_away_by_closing_is_no_failure', async () => {
  const camera = await opened();
  const preview = {
    play: async () => {
      camera.close();
      throw new DOMException('the media was removed from the document', 'AbortError');
    },
  };
  assert.equal(await camera.showIn(preview), false);
});

test('preview_that_cannot_be_shown_is_a_failure', async () => {
  const camera = await opened();
  const preview = { play: () => Promise.reject(new DOMException('no', 'NotAllowedError')) };
  await assert.rejects(camera.showIn(preview), { name: 'NotAllowedError' });
});

test('preview_that_plays_is_shown', async () => {
  const camera = await opened();
  const preview = { play: () => Promise.resolve() };
  assert.equal(await camera.showIn(preview), true);
  assert.equal(preview.srcObject, camera.stream);
  assert.equal(preview.muted, true);
});
