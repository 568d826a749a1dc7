/**
 * What a body does when it is told `actions`: where it is and how it shines at each moment.
 *
 * Owns the kinematics of protocol.md §3, *Actions*, in both dialects, and the walls. Pure.
 * Lengths are centimetres, x to the right and y downwards as on a drawing; a heading of 0 looks
 * up, and grows clockwise. Times are milliseconds.
 *
 * Movements follow one another, and so do lights; both begin at once, so that it shines while it
 * moves. A new order takes the place of the one that runs.
 */

const TURN_DEGREES = 90;
const TURN_MS = 420;
const TRAVEL_CM = 10;
const TRAVEL_MS = 350;
/** At this speed the two above hold; a drive at another is as much longer or shorter. */
const USUAL_SPEED = 50;
/** What a light lasts that does not say it. */
const LIGHT_MS = 2000;
/** What a stop lasts that does not say it. */
const STOP_MS = 200;

/** @typedef {{x: number, y: number, heading: number}} Pose */
/** @typedef {{width: number, height: number, radius: number}} Room the radius is the robot's */
/** @typedef {{r: number, g: number, b: number}} Light 0 to 255 */
/** @typedef {{cm: number, degrees: number, ms: number}} Step backward and left are negative */
/** @typedef {{at: number, pose: Pose}} Frame */
/** @typedef {Record<string, any>} Action as it came */

/** @type {Readonly<Room>} */
export const ROOM = Object.freeze({ width: 240, height: 160, radius: 14 });

/**
 * What `action` asks the wheels to do, in either dialect; nothing for a light or an unknown one.
 * @param {Action} action
 * @returns {Step[]}
 */
export function stepsOf(action) {
  const { type, params } = action;
  if (type === 'move_sequence') return [action.steps].flat().flatMap((step) => (step ? stepOf(step) : []));
  return stepOf(type === 'move' ? { ...params } : action);
}

/** @param {Action} step @returns {Step[]} */
function stepOf(step) {
  const verb = String(step.type ?? step.direction);
  const backward = verb.includes('backward');
  const left = verb.includes('left');
  switch (verb) {
    case 'forward':
    case 'backward':
      return [drive(driven(ms(step), number(step.speed, USUAL_SPEED)), ms(step), backward)];
    case 'left':
    case 'right':
      return [turn((ms(step) * TURN_DEGREES) / TURN_MS, left)];
    case 'move_forward_cm':
    case 'move_backward_cm':
      return [drive(number(step.cm), (number(step.cm) * TRAVEL_MS) / TRAVEL_CM, backward)];
    case 'move_forward_duration':
    case 'move_backward_duration':
      return [drive(driven(ms(step), USUAL_SPEED), ms(step), backward)];
    case 'turn_left_deg':
    case 'turn_right_deg':
      return [turn(number(step.degrees), left)];
    case 'stop':
      return [{ cm: 0, degrees: 0, ms: number(step.duration_ms, STOP_MS) }];
    default:
      return [];
  }
}

/** @param {number} lastsMs @param {number} speed 0 to 100 @returns {number} centimetres */
function driven(lastsMs, speed) {
  return ((lastsMs * TRAVEL_CM) / TRAVEL_MS) * (speed / USUAL_SPEED);
}

/** @param {number} cm @param {number} lastsMs @param {boolean} backward @returns {Step} */
function drive(cm, lastsMs, backward) {
  return { cm: backward ? -cm : cm, degrees: 0, ms: lastsMs };
}

/** @param {number} degrees @param {boolean} left @returns {Step} */
function turn(degrees, left) {
  return { cm: 0, degrees: left ? -degrees : degrees, ms: (degrees * TURN_MS) / TURN_DEGREES };
}

/** @param {Action} step */
function ms(step) {
  return number(step.duration_ms);
}

/** @param {unknown} value @param {number} [otherwise] @returns {number} never negative */
function number(value, otherwise = 0) {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : otherwise;
}

/**
 * The light that `action` asks for, in either dialect, and for how long.
 * @param {Action} action
 * @returns {{light: Light, ms: number}|null} null if it is no light
 */
export function lightOf(action) {
  if (action.type === 'led_color') {
    const light = { r: channel(action.r), g: channel(action.g), b: channel(action.b) };
    return { light, ms: number(action.duration_ms, LIGHT_MS) };
  }
  if (action.type !== 'light') return null;
  const { color, intensity, duration_ms } = { ...action.params };
  const channels = `${color}`.match(/^rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)$/);
  if (!channels) return null;
  const share = Math.min(number(intensity, 100), 100) / 100;
  const [r, g, b] = channels.slice(1).map((value) => channel(Number(value) * share));
  return { light: { r, g, b }, ms: number(duration_ms, LIGHT_MS) };
}

/** @param {unknown} value @returns {number} 0 to 255 */
function channel(value) {
  return Math.round(Math.min(number(value), 255));
}

/**
 * How far the robot can go from `pose` along its heading (`sign` 1) or backwards (-1).
 * @param {Pose} pose
 * @param {Room} room
 * @param {1|-1} [sign]
 * @returns {number} centimetres between its rim and the wall
 */
export function freeWay(pose, room, sign = 1) {
  const { dx, dy } = direction(pose.heading);
  const along = (/** @type {number} */ at, /** @type {number} */ by, /** @type {number} */ size) => {
    if (Math.abs(by) < 1e-9) return Infinity;
    const limit = by > 0 ? size - room.radius : room.radius;
    return Math.max(0, (limit - at) / by);
  };
  return Math.min(along(pose.x, dx * sign, room.width), along(pose.y, dy * sign, room.height));
}

/** @param {number} heading */
function direction(heading) {
  const angle = (heading * Math.PI) / 180;
  return { dx: Math.sin(angle), dy: -Math.cos(angle) };
}

/** The pose in the middle of `room`, looking up. @param {Room} room @returns {Pose} */
export function middleOf(room) {
  return { x: room.width / 2, y: room.height / 2, heading: 0 };
}

/** What becomes of a robot that stands at a pose and is told actions. */
export class Motion {
  /**
   * @param {Pose} from
   * @param {Action[]} actions
   * @param {Room} [room]
   */
  constructor(from, actions, room = ROOM) {
    /** @type {Frame[]} */
    this.frames = [{ at: 0, pose: from }];
    /** When it first touches a wall; null if it never does. @type {number|null} */
    this.bumpsAt = null;
    for (const step of actions.flatMap(stepsOf)) this.#append(step, room);
    /** @type {{from: number, until: number, light: Light}[]} */
    this.lights = [];
    for (const found of actions.map(lightOf)) {
      if (!found) continue;
      const begins = this.lights.at(-1)?.until ?? 0;
      this.lights.push({ from: begins, until: begins + found.ms, light: found.light });
    }
  }

  /** When all is done. */
  get durationMs() {
    return Math.max(this.movesMs, this.lights.at(-1)?.until ?? 0);
  }

  /** When it stands still. */
  get movesMs() {
    return this.#last.at;
  }

  get #last() {
    return this.frames[this.frames.length - 1];
  }

  /** @param {Step} step @param {Room} room */
  #append(step, room) {
    const { at, pose } = this.#last;
    const free = freeWay(pose, room, step.cm < 0 ? -1 : 1);
    const reach = Math.min(Math.abs(step.cm), free);
    const { dx, dy } = direction(pose.heading);
    const cm = Math.sign(step.cm) * reach;
    const there = { x: pose.x + dx * cm, y: pose.y + dy * cm, heading: pose.heading + step.degrees };
    if (Math.abs(step.cm) > reach) {
      // The wheels go on turning at the wall for the rest of the time.
      const touches = at + step.ms * (reach / Math.abs(step.cm));
      this.bumpsAt ??= touches;
      this.frames.push({ at: touches, pose: there });
    }
    this.frames.push({ at: at + step.ms, pose: there });
  }

  /**
   * Where it is `elapsedMs` after it was told.
   * @param {number} elapsedMs
   * @returns {Pose}
   */
  poseAt(elapsedMs) {
    const next = this.frames.findIndex(({ at }) => at > elapsedMs);
    if (next === -1) return this.#last.pose;
    if (next === 0) return this.frames[0].pose;
    const [before, after] = [this.frames[next - 1], this.frames[next]];
    const share = (elapsedMs - before.at) / (after.at - before.at);
    const between = (/** @type {'x'|'y'|'heading'} */ key) =>
      before.pose[key] + (after.pose[key] - before.pose[key]) * share;
    return { x: between('x'), y: between('y'), heading: between('heading') };
  }

  /**
   * How it shines `elapsedMs` after it was told.
   * @param {number} elapsedMs
   * @returns {Light|null} null: dark
   */
  lightAt(elapsedMs) {
    const found = this.lights.find(({ from, until }) => from <= elapsedMs && elapsedMs < until);
    return found && found.light.r + found.light.g + found.light.b > 0 ? found.light : null;
  }
}
