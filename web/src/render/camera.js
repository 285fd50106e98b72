// What of the map is looked at: the point in the middle, the scale, and how both move on.
import { onScreen } from "./sight.js";

// A view that was moved counts as moving for this many milliseconds more.
const SETTLE = 140;
const GLIDE = 380;
const [NEAREST, FARTHEST] = [4, 0.02];
/** @param {number} scale */
const within = (scale) => Math.min(NEAREST, Math.max(FARTHEST, scale));
/** @param {number} t */
const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

export class Camera {
  centre = { x: 0, y: 0 };
  scale = 1;
  #movingUntil = 0;
  /** @type {{ from: { scale: number, centre: Point }, end: { scale: number, centre: Point }, since: number } | null} */
  #glide = null;

  /** @param {HTMLElement} container what it fills */
  constructor(container) {
    this.container = container;
  }
  /** @returns {Sight} */
  sight() {
    const { clientWidth: width, clientHeight: height } = this.container;
    return {
      scale: this.scale,
      left: this.centre.x - width / 2 / this.scale,
      top: this.centre.y - height / 2 / this.scale,
      width,
      height,
    };
  }
  /** @param {Point} place */
  toScreen(place) {
    return onScreen(place, this.sight());
  }
  /** @param {Point} place */
  toWorld({ x, y }) {
    const { left, top } = this.sight();
    return { x: left + x / this.scale, y: top + y / this.scale };
  }

  /**
   * Moves the view by pixels of the screen.
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    this.#shift(this.scale, { x: this.centre.x - dx / this.scale, y: this.centre.y - dy / this.scale });
  }
  /**
   * Around a point of the screen, which stays where it is.
   * @param {number} factor
   * @param {Point} place
   */
  zoom(factor, place) {
    const fixed = this.toWorld(place);
    const scale = within(this.scale * factor);
    const rest = 1 - this.scale / scale;
    this.#shift(scale, {
      x: this.centre.x + (fixed.x - this.centre.x) * rest,
      y: this.centre.y + (fixed.y - this.centre.y) * rest,
    });
  }
  /**
   * @param {number} scale
   * @param {Point} centre
   */
  #shift(scale, centre) {
    this.#glide = null;
    Object.assign(this, { scale, centre });
    this.#movingUntil = performance.now() + SETTLE;
  }
  // The pointer has let go: the view moves no further.
  settle() {
    if (this.#movingUntil) this.#movingUntil = performance.now() + SETTLE;
  }

  /** @param {Moves} options */
  moveTo({ centre = this.centre, scale = this.scale, offset = { x: 0, y: 0 }, animate = false }) {
    const end = { scale, centre: { x: centre.x - offset.x / scale, y: centre.y - offset.y / scale } };
    this.#glide = animate ? { from: { scale: this.scale, centre: this.centre }, end, since: performance.now() } : null;
    if (!animate) Object.assign(this, end);
  }
  /**
   * Moves on to where the view glides; returns whether it has arrived just now.
   * @param {number} now
   */
  step(now) {
    const glide = this.#glide;
    if (!glide) return false;
    const { from, end, since } = glide;
    const done = Math.min(1, Math.max(0, (now - since) / GLIDE));
    const share = ease(done);
    /**
     * @param {number} a
     * @param {number} b
     */
    const between = (a, b) => a + (b - a) * share;
    this.scale = between(from.scale, end.scale);
    this.centre = { x: between(from.centre.x, end.centre.x), y: between(from.centre.y, end.centre.y) };
    this.#movingUntil = done < 1 ? now + SETTLE : 0;
    if (done === 1) this.#glide = null;
    return done === 1;
  }
  /** @param {number} now */
  moving(now) {
    if (this.#movingUntil <= now) this.#movingUntil = 0;
    return this.#movingUntil > 0;
  }
}
