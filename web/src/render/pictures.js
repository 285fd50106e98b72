// The pictures that are moved about while the map moves: a crisp one of what is in sight, and one of everything,
// from which comes what lies outside the crisp one.
import { colours } from "./palette.js";

// A drawing quicker than this many milliseconds is drawn anew for each frame, without a picture of it.
const QUICK = 10;
// The longest side of the picture of everything.
const LONGEST = 2048;
// Room around the entities of the picture of everything.
const MARGIN = 60;

/** @param {HTMLCanvasElement} canvas */
export const contextOf = (canvas) =>
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));

export class Pictures {
  // Whether the crisp one shows something that has changed since.
  stale = true;
  ratio = 1;
  #crisp = document.createElement("canvas");
  /** Where the crisp one was taken. @type {{ scale: number, centre: Point } | null} */
  #taken = null;
  /** @type {{ canvas: HTMLCanvasElement, sight: Sight } | null} */
  #whole = null;
  #cost = 0;

  /**
   * @param {import("./painter.js").Painter} painter
   * @param {import("./camera.js").Camera} camera
   */
  constructor(painter, camera) {
    this.painter = painter;
    this.camera = camera;
  }
  /**
   * @param {number} width
   * @param {number} height
   * @param {number} ratio pixels of the screen for one of the page
   */
  resize(width, height, ratio) {
    Object.assign(this.#crisp, { width, height });
    this.ratio = ratio;
    this.stale = true;
  }
  // Everything is drawn anew.
  discard() {
    this.stale = true;
    this.#whole = null;
  }
  /**
   * Takes the crisp picture anew where it is needed and the view rests, or where that is quick.
   * @param {boolean} moving
   * @param {Sign | null} held what is drawn above the picture, and not in it
   * @param {(ctx: CanvasRenderingContext2D) => void} paintLabels
   */
  refresh(moving, held, paintLabels) {
    const outdated = !this.#inPlace() && (!moving || this.#cost < QUICK);
    if (!this.stale && this.#taken && !outdated) return;
    const began = performance.now();
    const ctx = contextOf(this.#crisp);
    blank(ctx);
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.painter.paint(ctx, this.camera.sight(), held);
    paintLabels(ctx);
    this.#taken = { scale: this.camera.scale, centre: { ...this.camera.centre } };
    this.stale = false;
    this.#cost = performance.now() - began;
  }
  // Whether the crisp picture shows just what is looked at.
  #inPlace() {
    const { scale, centre } = this.camera;
    const taken = this.#taken;
    return taken !== null && taken.scale === scale && taken.centre.x === centre.x && taken.centre.y === centre.y;
  }
  /** @param {CanvasRenderingContext2D} ctx */
  compose(ctx) {
    if (this.#inPlace()) {
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.drawImage(this.#crisp, 0, 0);
    } else this.#composeMoving(ctx);
  }
  /** @param {CanvasRenderingContext2D} ctx */
  #composeMoving(ctx) {
    this.#whole ||= this.#takeWhole();
    const sight = this.camera.sight();
    blank(ctx);
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    if (this.#whole) lay(ctx, this.#whole.canvas, this.#whole.sight, sight);
    if (!this.#taken) return;
    const { scale, centre } = this.#taken;
    const { width, height } = sight;
    const [left, top] = [centre.x - width / 2 / scale, centre.y - height / 2 / scale];
    lay(ctx, this.#crisp, { scale, left, top, width, height }, sight);
  }
  // Made while nothing happens, so that the first move does not wait for it.
  prepare() {
    if (this.#whole || this.#cost < QUICK) return;
    (globalThis.requestIdleCallback ?? setTimeout)(() => {
      if (this.camera.container.isConnected) this.#whole ||= this.#takeWhole();
    });
  }
  #takeWhole() {
    const { nodes } = this.painter;
    if (!nodes.length) return null;
    const [xs, ys] = [nodes.map(({ x }) => x), nodes.map(({ y }) => y)];
    /** @param {number[]} values */
    const span = (values) => [
      values.reduce((least, value) => Math.min(least, value), Infinity) - MARGIN,
      values.reduce((most, value) => Math.max(most, value), -Infinity) + MARGIN,
    ];
    const [[left, right], [top, bottom]] = [span(xs), span(ys)];
    const scale = Math.min(1, LONGEST / (right - left), LONGEST / (bottom - top));
    const [width, height] = [Math.ceil((right - left) * scale), Math.ceil((bottom - top) * scale)];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const sight = { scale, left, top, width, height };
    const ctx = contextOf(canvas);
    blank(ctx);
    this.painter.paint(ctx, sight);
    return { canvas, sight };
  }
}

/** @param {CanvasRenderingContext2D} ctx */
function blank(ctx) {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.globalAlpha = 1;
  ctx.fillStyle = colours.paper;
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
}
/**
 * A picture of one sight, where it belongs in another.
 * @param {CanvasRenderingContext2D} ctx
 * @param {CanvasImageSource} picture
 * @param {Sight} pictured
 * @param {Sight} sight
 */
function lay(ctx, picture, { left, top, scale, width, height }, sight) {
  const factor = sight.scale / scale;
  const [x, y] = [(left - sight.left) * sight.scale, (top - sight.top) * sight.scale];
  ctx.drawImage(picture, x, y, width * factor, height * factor);
}
