/**
 * The body: the robot in a room, seen from above, and what its sensors say.
 *
 * Owns the drawing, the sliders, and what of the body the server is told (`robot.context`). What
 * actions do to it is reckoned in `motion.js`.
 */

import { h, s, say } from './dom.js';
import { Motion, ROOM, freeWay, middleOf } from './motion.js';
import './words/media.js';

/** @typedef {import('./robot.js').Robot} Robot */
/** @typedef {import('./motion.js').Pose} Pose */

/**
 * What the sliders say at first, and between what they go. `sensor`: it goes into
 * `context.sensors` under this name, else it is a battery.
 */
const GAUGES = [
  { name: 'battery_robot', least: 0, most: 100, first: 80, sensor: false },
  { name: 'battery_phone', least: 0, most: 100, first: 90, sensor: false },
  { name: 'distance_cm', least: 0, most: ROOM.width, first: 66, sensor: true },
  { name: 'light_percent', least: 0, most: 100, first: 60, sensor: true },
  { name: 'temperature_c', least: -10, most: 50, first: 21, sensor: true },
];

/** The level that the button "battery low" tells. */
const LOW_BATTERY = 10;

/**
 * @param {HTMLElement} root
 * @param {Robot} robot
 */
export function mountBody(root, robot) {
  return new Body(root, robot);
}

class Body {
  /** @type {Pose} */
  #pose = middleOf(ROOM);
  /** @type {{motion: Motion, since: number}|null} */
  #running = null;
  #frame = 0;
  #timer = 0;
  /** @type {Record<string, number>} */
  #values = Object.fromEntries(GAUGES.map(({ name, first }) => [name, first]));
  #touched = false;
  /** @type {Map<string, {slider: HTMLInputElement, output: HTMLOutputElement}>} */
  #gauges = new Map();

  /** @param {HTMLElement} root @param {Robot} robot */
  constructor(root, robot) {
    this.robot = robot;
    this.stillness = window.matchMedia('(prefers-reduced-motion: reduce)');
    this.glow = s('circle', { class: 'body-glow', r: ROOM.radius * 2.2 });
    this.robotDrawing = drawRobot();
    this.drawing = s(
      'svg',
      { class: 'body-room', viewBox: `-4 -4 ${ROOM.width + 8} ${ROOM.height + 8}`, role: 'img' },
      drawRoom(),
      this.glow,
      this.robotDrawing,
    );
    this.state = h('p', { class: 'body-state' });
    root.classList.add('body');
    root.append(h('div', { class: 'body-view' }, this.drawing, this.state), this.#controls());
    robot.on('actions', ({ actions }) => this.obey(actions));
    robot.on('hush', () => this.stop());
    this.#rest(this.#pose);
  }

  /**
   * Do as it is told; what it was doing ends where it is.
   * @param {import('./motion.js').Action[]} actions
   */
  obey(actions) {
    this.stop();
    const motion = new Motion(this.#pose, actions);
    this.#running = { motion, since: performance.now() };
    this.drawing.classList.add('is-moving');
    // Frames stop in a page that nobody looks at; a timer still ends the motion in time.
    this.#timer = window.setTimeout(() => this.stop(), motion.durationMs);
    this.#step();
  }

  /** Stand still and go dark. */
  stop() {
    const running = this.#running;
    if (!running) return;
    window.cancelAnimationFrame(this.#frame);
    window.clearTimeout(this.#timer);
    this.#running = null;
    this.drawing.classList.remove('is-moving', 'is-bumping');
    this.#rest(running.motion.poseAt(performance.now() - running.since));
  }

  /** Stand at `pose`, dark, and let the server know what is ahead. @param {Pose} pose */
  #rest(pose) {
    this.#pose = pose;
    this.#draw(pose, null);
    this.#measureDistance();
    this.#tell();
    this.#describe();
  }

  /** Be carried back to the middle of the room. */
  #goHome() {
    this.stop();
    this.#rest(middleOf(ROOM));
  }

  #step() {
    if (!this.#running) return;
    const { motion, since } = this.#running;
    const elapsed = performance.now() - since;
    // Whoever wants little movement sees where it stops, and the lights.
    const pose = motion.poseAt(this.stillness.matches ? motion.movesMs : elapsed);
    const bumps = motion.bumpsAt !== null && elapsed >= motion.bumpsAt && elapsed < motion.movesMs;
    this.drawing.classList.toggle('is-bumping', bumps);
    this.#draw(pose, motion.lightAt(elapsed));
    this.#frame = window.requestAnimationFrame(() => this.#step());
  }

  /** @param {Pose} pose @param {import('./motion.js').Light|null} light */
  #draw(pose, light) {
    const place = `translate(${pose.x.toFixed(2)} ${pose.y.toFixed(2)})`;
    this.robotDrawing.setAttribute('transform', `${place} rotate(${pose.heading.toFixed(2)})`);
    this.glow.setAttribute('transform', place);
    const color = light ? `rgb(${light.r} ${light.g} ${light.b})` : 'transparent';
    this.drawing.style.setProperty('--light', color);
    this.drawing.classList.toggle('is-shining', light !== null);
  }

  #describe() {
    const { x, y, heading } = this.#pose;
    const values = {
      x: Math.round(x),
      y: Math.round(y),
      heading: Math.round(((heading % 360) + 360) % 360) % 360,
    };
    say(this.state, ['body.state', values]);
    say(this.drawing, ['body.drawing', values], 'aria-label');
  }

  // ── what it measures ───────────────────────────────────────────────────────────────────────

  #controls() {
    const controls = h('div', { class: 'body-controls' });
    for (const { name, least, most } of GAUGES) {
      const output = h('output', { class: 'body-value' });
      const slider = h('input', {
        type: 'range',
        min: String(least),
        max: String(most),
        value: String(this.#values[name]),
        oninput: () => this.#set(name, slider.valueAsNumber),
        onchange: () => this.#tell(),
      });
      this.#gauges.set(name, { slider, output });
      controls.append(
        h('label', { class: 'body-gauge' }, h('span', { word: `body.${name}` }), slider, output),
      );
      this.#set(name, this.#values[name]);
    }
    const touch = h('button', {
      type: 'button',
      role: 'switch',
      'aria-checked': 'false',
      class: 'body-touch',
      word: 'body.touch',
      onclick: () => {
        this.#touched = !this.#touched;
        touch.setAttribute('aria-checked', String(this.#touched));
        this.#tell();
      },
    });
    const low = h('button', {
      type: 'button',
      class: 'body-low',
      word: 'body.low',
      onclick: () => {
        this.#set('battery_robot', Math.min(this.#values.battery_robot, LOW_BATTERY));
        this.#tell();
        this.robot.batteryAlert(this.#values.battery_robot, 'robot');
      },
    });
    const home = h('button', {
      type: 'button',
      class: 'body-home',
      word: 'body.home',
      onclick: () => this.#goHome(),
    });
    controls.append(h('div', { class: 'body-buttons' }, touch, low, home));
    return controls;
  }

  /** @param {string} name @param {number} value */
  #set(name, value) {
    this.#values[name] = value;
    const gauge = this.#gauges.get(name);
    if (!gauge) return;
    gauge.slider.valueAsNumber = value;
    const wording = [`body.${name}.value`, { n: value }];
    say(gauge.output, /** @type {import('./dom.js').Wording} */ (wording));
    say(gauge.slider, /** @type {import('./dom.js').Wording} */ (wording), 'aria-valuetext');
  }

  /** After it moved, the distance is that to the wall ahead; the slider may say another. */
  #measureDistance() {
    this.#set('distance_cm', Math.round(freeWay(this.#pose, ROOM)));
  }

  /** Let the server know with the next utterance. */
  #tell() {
    /** @type {Record<string, unknown>} */
    const sensors = { touch: this.#touched };
    /** @type {Record<string, number>} */
    const batteries = {};
    for (const { name, sensor } of GAUGES) {
      if (sensor) sensors[name] = this.#values[name];
      else batteries[name] = this.#values[name];
    }
    this.robot.context = { ...this.robot.context, ...batteries, sensors };
  }
}

/** Floor, tiles of twenty centimetres, and a rug to see turns by. */
function drawRoom() {
  const { width, height } = ROOM;
  const lines = [];
  for (let x = 20; x < width; x += 20) lines.push(`M${x} 0V${height}`);
  for (let y = 20; y < height; y += 20) lines.push(`M0 ${y}H${width}`);
  return s(
    'g',
    {},
    s('rect', { class: 'body-floor', width, height, rx: 3 }),
    s('path', { class: 'body-tiles', d: lines.join('') }),
    s('rect', { class: 'body-rug', x: width / 2 - 45, y: height / 2 - 30, width: 90, height: 60, rx: 6 }),
    s('rect', { class: 'body-walls', width, height, rx: 3 }),
  );
}

/** It looks up, to where y is negative: two wheels, a round body, the phone in front, its light. */
function drawRobot() {
  const { radius } = ROOM;
  return s(
    'g',
    { class: 'body-robot' },
    s('rect', { class: 'body-wheel', x: -radius - 1, y: -6, width: 5, height: 12, rx: 2 }),
    s('rect', { class: 'body-wheel', x: radius - 4, y: -6, width: 5, height: 12, rx: 2 }),
    s('circle', { class: 'body-shell', r: radius - 1.5 }),
    s('rect', { class: 'body-phone', x: -8, y: -radius + 1, width: 16, height: 5, rx: 1.5 }),
    s('path', { class: 'body-nose', d: `M-3.5 ${-radius + 0.5}L0 ${-radius - 3.5}L3.5 ${-radius + 0.5}Z` }),
    s('circle', { class: 'body-led', r: 4, cy: 3 }),
  );
}
