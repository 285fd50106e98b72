// The map on a canvas, from one entity to thousands: while it moves, a picture of it moves; when it stands, it is drawn crisply.
import { listeners } from "./events.js";
import { alphaOf, signRadius } from "./geometry.js";
import { paintSign } from "./glyphs.js";
import { Grid } from "./grid.js";
import { Painter, onScreen } from "./painter.js";
import { colours } from "./palette.js";
import { Pointer, within } from "./pointer.js";

// A drawing quicker than this many milliseconds is drawn anew for each frame, without a picture of it.
const QUICK = 10;
const SETTLE = 140;
const GLIDE = 380;
/** @param {number} t */
const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);
// The picture of everything, from which comes what lies outside the crisp one while the map moves.
const WHOLE = 2048;

const context = (/** @type {HTMLCanvasElement} */ canvas) =>
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));

export class CanvasRenderer {
  centre = { x: 0, y: 0 };
  scale = 1;
  ratio = 1;
  #heard = listeners();
  #painter = new Painter();
  #grid = new Grid([]);
  #picture = document.createElement("canvas");
  /** @type {{ canvas: HTMLCanvasElement, view: Sight } | null} */
  #whole = null;
  /** @type {{ scale: number, centre: Point } | null} */
  #taken = null;
  #cost = 0;
  #hovered = -1;
  /** @type {Sign | null} */
  #held = null;
  #frame = 0;
  #stale = true;
  #moving = 0;
  /** @type {{ from: { scale: number, centre: Point }, end: { scale: number, centre: Point }, since: number } | null} */
  #glide = null;

  /** @param {HTMLElement} container */
  constructor(container) {
    this.on = this.#heard.on;
    this.container = container;
    this.canvas = document.createElement("canvas");
    for (const [name, value] of [
      ["display", "block"],
      ["width", "100%"],
      ["height", "100%"],
      ["touch-action", "none"],
    ])
      this.canvas.style.setProperty(name, value);
    container.append(this.canvas);
    this.pointer = new Pointer(this.canvas, this.#moves());
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(container);
    this.resize();
  }
  /** @returns {PointerActions} */
  #moves() {
    /** @param {Point & { touch?: boolean }} place */
    const under = ({ x, y, touch }) => this.at(x, y, touch ? 14 : 3);
    return {
      pan: (dx, dy) =>
        this.#shift(this.scale, { x: this.centre.x - dx / this.scale, y: this.centre.y - dy / this.scale }),
      zoom: (factor, x, y) => {
        const fixed = this.toWorld({ x, y });
        const scale = within(this.scale * factor);
        const rest = 1 - this.scale / scale;
        this.#shift(scale, {
          x: this.centre.x + (fixed.x - this.centre.x) * rest,
          y: this.centre.y + (fixed.y - this.centre.y) * rest,
        });
      },
      tap: (place) => this.#heard.emit("click", under(place)),
      twice: (place) => this.#heard.emit("doubleclick", under(place)),
      hover: (place) => this.#hover(place ? under(place) : -1),
      grab: (place) => this.#grab(under(place)),
      drag: (place) => this.#drag(place),
      drop: () => this.#drop(),
      rest: () => this.#settle(),
    };
  }

  /**
   * @param {Sign[]} nodes
   * @param {Line[]} edges
   */
  setGraph(nodes, edges) {
    this.#held = null;
    this.#painter.setGraph(nodes, edges);
    this.#grid = new Grid(nodes);
    this.redraw();
  }
  /** @param {Map<number, Point>} places */
  setPositions(places) {
    for (const [id, place] of places) Object.assign(this.#painter.byId.get(id) ?? {}, { x: place.x, y: place.y });
    this.#grid = new Grid(this.#painter.nodes);
    this.redraw();
  }
  /** @param {number} node */
  select(node) {
    this.#painter.selected = node;
    this.redraw();
  }
  /** @param {Lit | null} lit */
  dim(lit) {
    this.#painter.lit = lit;
    this.redraw();
  }

  #view() {
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
    return onScreen(place, this.#view());
  }
  /** @param {Point} place */
  toWorld({ x, y }) {
    const { left, top } = this.#view();
    return { x: left + x / this.scale, y: top + y / this.scale };
  }
  /**
   * @param {number} x
   * @param {number} y
   * @param {number} [slack]
   */
  at(x, y, slack = 3) {
    const place = this.toWorld({ x, y });
    const count = this.#painter.nodes.length;
    /** @param {Sign} node */
    const reach = (node) => signRadius(node.size, this.scale, count) + slack / this.scale;
    return this.#grid.nearest(place.x, place.y, 40 + slack / this.scale, reach)?.id ?? -1;
  }

  /** @param {Moves} options */
  moveTo({ centre = this.centre, scale = this.scale, offset = { x: 0, y: 0 }, animate = false }) {
    const end = { scale, centre: { x: centre.x - offset.x / scale, y: centre.y - offset.y / scale } };
    this.#glide = null;
    if (!animate) {
      Object.assign(this, end);
      this.redraw();
      return;
    }
    this.#glide = { from: { scale: this.scale, centre: this.centre }, end, since: performance.now() };
    this.#ask();
  }
  /** @param {number} now */
  #step(now) {
    const glide = this.#glide;
    if (!glide) return;
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
    if (done < 1) this.#moving = now + SETTLE;
    else {
      this.#glide = null;
      this.#moving = 0;
      this.#stale = true;
    }
    this.#ask();
  }
  /**
   * @param {number} scale
   * @param {Point} centre
   */
  #shift(scale, centre) {
    this.#glide = null;
    Object.assign(this, { scale, centre });
    this.#moving = performance.now() + SETTLE;
    this.#ask();
  }
  #settle() {
    if (this.#moving) this.#moving = performance.now() + SETTLE;
  }

  /** @param {number} node */
  #hover(node) {
    if (node === this.#hovered || this.#held) return;
    this.#hovered = node;
    this.#heard.emit("hover", node);
    this.#ask();
  }
  /** @param {number} id */
  #grab(id) {
    this.#held = this.#painter.byId?.get(id) || null;
    this.#stale = true;
    return this.#held;
  }
  /** @param {Point} place */
  #drag(place) {
    const held = this.#held;
    if (!held) return;
    this.#grid.remove(held);
    Object.assign(held, this.toWorld(place));
    this.#grid.add(held);
    this.#heard.emit("drag", held.id, { x: held.x, y: held.y });
    this.#ask();
  }
  #drop() {
    if (!this.#held) return;
    const { id, x, y } = this.#held;
    this.#held = null;
    this.#heard.emit("dragend", id, { x, y });
    this.redraw();
  }

  redraw() {
    this.#painter.stale = true;
    this.#stale = true;
    this.#whole = null;
    this.#ask();
  }
  resize() {
    const { clientWidth, clientHeight } = this.container;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (this.canvas.width === width && this.canvas.height === height) return;
    for (const canvas of [this.canvas, this.#picture]) Object.assign(canvas, { width, height });
    this.ratio = ratio;
    this.#stale = true;
    this.#ask();
  }
  #ask() {
    this.#frame ||= requestAnimationFrame((now) => {
      this.#frame = 0;
      this.#show(now);
    });
  }
  /** @param {number} now */
  #show(now) {
    if (!this.canvas.width || !this.canvas.height) return;
    if (this.#glide) this.#step(now);
    const moving = this.#moving > now;
    if (!moving) this.#moving = 0;
    if (this.#stale || !this.#taken || (!moving && !this.#same()) || (this.#cost < QUICK && !this.#same()))
      this.#take();
    this.#compose();
    if (moving) this.#ask();
    else if (!this.#whole && this.#cost >= QUICK) this.#prepare();
  }
  // Made while nothing happens, so that the first move does not wait for it.
  #prepare() {
    (globalThis.requestIdleCallback ?? setTimeout)(() => {
      if (this.canvas.isConnected) this.#whole ||= this.#takeWhole();
    });
  }
  #same() {
    const taken = this.#taken;
    return (
      taken !== null &&
      taken.scale === this.scale &&
      taken.centre.x === this.centre.x &&
      taken.centre.y === this.centre.y
    );
  }
  // The crisp picture, with its labels.
  #take() {
    const began = performance.now();
    const ctx = context(this.#picture);
    this.#paper(ctx, this.#picture);
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.#painter.paint(ctx, this.#view(), this.#held);
    this.#heard.emit("draw", ctx, this.#held?.id);
    this.#taken = { scale: this.scale, centre: { ...this.centre } };
    this.#stale = false;
    this.#cost = performance.now() - began;
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {HTMLCanvasElement} canvas
   */
  #paper(ctx, canvas) {
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colours.paper;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
  }
  #compose() {
    const ctx = context(this.canvas);
    const view = this.#view();
    if (this.#same()) {
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.drawImage(this.#picture, 0, 0);
    } else this.#composeMoving(ctx, view);
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    if (this.#held) this.#paintOver(ctx, view, this.#held);
    const node = this.#hovered >= 0 && this.#painter.byId?.get(this.#hovered);
    if (node && node !== this.#held) this.#paintOver(ctx, view, node);
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   */
  #composeMoving(ctx, view) {
    this.#whole ||= this.#takeWhole();
    this.#paper(ctx, this.canvas);
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    /**
     * @param {CanvasImageSource} picture
     * @param {Sight} sight
     */
    const lay = (picture, { left, top, scale, width, height }) => {
      const factor = view.scale / scale;
      ctx.drawImage(
        picture,
        (left - view.left) * view.scale,
        (top - view.top) * view.scale,
        width * factor,
        height * factor,
      );
    };
    if (this.#whole) lay(this.#whole.canvas, this.#whole.view);
    if (!this.#taken) return;
    const { scale, centre } = this.#taken;
    lay(this.#picture, {
      scale,
      left: centre.x - view.width / 2 / scale,
      top: centre.y - view.height / 2 / scale,
      width: view.width,
      height: view.height,
    });
  }
  #takeWhole() {
    const { nodes } = this.#painter;
    if (!nodes.length) return null;
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (const { x, y } of nodes) {
      box.left = Math.min(box.left, x - 60);
      box.top = Math.min(box.top, y - 60);
      box.right = Math.max(box.right, x + 60);
      box.bottom = Math.max(box.bottom, y + 60);
    }
    const scale = Math.min(1, WHOLE / (box.right - box.left), WHOLE / (box.bottom - box.top));
    const view = {
      scale,
      left: box.left,
      top: box.top,
      width: Math.ceil((box.right - box.left) * scale),
      height: Math.ceil((box.bottom - box.top) * scale),
    };
    const canvas = Object.assign(document.createElement("canvas"), { width: view.width, height: view.height });
    const ctx = context(canvas);
    this.#paper(ctx, canvas);
    this.#painter.paint(ctx, view);
    return { canvas, view };
  }
  /**
   * What is held or pointed at, above the picture, so that this need not be drawn anew.
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   * @param {Sign} node
   */
  #paintOver(ctx, view, node) {
    if (node === this.#held) {
      ctx.save();
      this.#painter.paintLinesOf(node, ctx, view);
      ctx.restore();
    }
    const { x, y } = onScreen(node, view);
    const size = this.#painter.sizeOf(node, view);
    paintSign(ctx, node, {
      x,
      y,
      size,
      selected: node.id === this.#painter.selected,
      hovered: true,
      alpha: alphaOf(node.id, this.#painter.lit, node.id),
      letters: size >= 8,
    });
    this.#heard.emit("over", ctx, node.id);
  }
  destroy() {
    cancelAnimationFrame(this.#frame);
    this.pointer.close();
    this.watch.disconnect();
    this.canvas.remove();
  }
}
