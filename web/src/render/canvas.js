// The map on a canvas, from one entity to thousands: while it moves, a picture of it moves; when it rests, it is drawn crisply.
import { Camera } from "./camera.js";
import { listeners } from "./events.js";
import { alphaOf, signRadius } from "./geometry.js";
import { paintSign } from "./glyphs.js";
import { Grid } from "./grid.js";
import { lineAt } from "./line-at.js";
import { Painter } from "./painter.js";
import { Pictures, contextOf } from "./pictures.js";
import { Pointer } from "./pointer.js";
import { onScreen } from "./sight.js";

/** @param {HTMLElement} container */
function canvasIn(container) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas.style, { display: "block", width: "100%", height: "100%", touchAction: "none" });
  container.append(canvas);
  return canvas;
}

export class CanvasRenderer {
  #events = listeners();
  #painter = new Painter();
  #grid = new Grid([]);
  #hovered = -1;
  #hoveredLine = -1;
  /** @type {Sign | null} */
  #held = null;
  #asked = false;

  /** @param {HTMLElement} container */
  constructor(container) {
    this.on = this.#events.on;
    this.container = container;
    this.camera = new Camera(container);
    this.pictures = new Pictures(this.#painter, this.camera);
    this.canvas = canvasIn(container);
    this.pointer = new Pointer(this.canvas, this.#actions());
    new ResizeObserver(() => this.resize()).observe(container);
    this.resize();
  }
  get centre() {
    return this.camera.centre;
  }
  get scale() {
    return this.camera.scale;
  }
  /** @returns {PointerActions} */
  #actions() {
    /** @param {Point & { touch?: boolean }} place */
    const under = ({ x, y, touch }) => this.at(x, y, touch ? 14 : 3);
    return {
      pan: (dx, dy) => {
        this.camera.pan(dx, dy);
        this.#ask();
      },
      zoom: (factor, x, y) => {
        this.camera.zoom(factor, { x, y });
        this.#ask();
      },
      tap: (place) => {
        const node = under(place);
        this.#events.emit("click", node, node < 0 ? this.lineAt(place.x, place.y, place.touch ? 12 : 5) : -1);
      },
      twice: (place) => this.#events.emit("doubleclick", under(place)),
      hover: (place) => {
        const node = place ? under(place) : -1;
        this.#hover(node, place && node < 0 ? this.lineAt(place.x, place.y) : -1, place);
      },
      grab: (place) => this.#grab(under(place)),
      drag: (place) => this.#drag(place),
      drop: () => this.#drop(),
      rest: () => this.camera.settle(),
    };
  }

  /**
   * @param {Sign[]} nodes
   * @param {Line[]} edges
   */
  setGraph(nodes, edges) {
    this.#held = null;
    this.#hoveredLine = -1;
    this.#painter.setGraph(nodes, edges);
    this.#grid = new Grid(nodes);
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
  /** @param {Moves} moves */
  moveTo(moves) {
    this.camera.moveTo(moves);
    if (moves.animate) this.#ask();
    else this.redraw();
  }
  /** @param {Point} place */
  toScreen(place) {
    return this.camera.toScreen(place);
  }
  /** @param {Point} place */
  toWorld(place) {
    return this.camera.toWorld(place);
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

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} [slack] in pixels
   */
  lineAt(x, y, slack = 5) {
    return lineAt(this.#painter.edges, this.toWorld({ x, y }), slack / this.scale, this.#painter.lit)?.id ?? -1;
  }

  /**
   * @param {number} node
   * @param {number} line
   * @param {Point | null} place
   */
  #hover(node, line, place) {
    if ((node === this.#hovered && line === this.#hoveredLine) || this.#held) return;
    this.#hovered = node;
    this.#hoveredLine = line;
    this.#events.emit("hover", node, line, place);
    this.#ask();
  }
  /** @param {number} id */
  #grab(id) {
    this.#held = this.#painter.byId.get(id) ?? null;
    this.pictures.stale = true;
    return this.#held;
  }
  /** @param {Point} place */
  #drag(place) {
    const held = this.#held;
    if (!held) return;
    this.#grid.remove(held);
    Object.assign(held, this.toWorld(place));
    this.#grid.add(held);
    this.#events.emit("drag", held.id, { x: held.x, y: held.y });
    this.#ask();
  }
  #drop() {
    if (!this.#held) return;
    const { id, x, y } = this.#held;
    this.#held = null;
    this.#events.emit("dragend", id, { x, y });
    this.redraw();
  }

  redraw() {
    this.#painter.stale = true;
    this.pictures.discard();
    this.#ask();
  }
  resize() {
    const { clientWidth, clientHeight } = this.container;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (this.canvas.width === width && this.canvas.height === height) return;
    Object.assign(this.canvas, { width, height });
    this.pictures.resize(width, height, ratio);
    this.#ask();
  }
  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame((now) => {
      this.#asked = false;
      this.#show(now);
    });
  }
  /** @param {number} now */
  #show(now) {
    if (!this.canvas.width || !this.canvas.height) return;
    if (this.camera.step(now)) this.pictures.stale = true;
    const moving = this.camera.moving(now);
    this.pictures.refresh(moving, this.#held, (ctx) => this.#events.emit("draw", ctx, this.#held?.id));
    const ctx = contextOf(this.canvas);
    this.pictures.compose(ctx);
    this.#paintAbove(ctx);
    if (moving) this.#ask();
    else this.pictures.prepare();
  }
  /**
   * What is held or pointed at, above the picture, so that this need not be drawn anew.
   * @param {CanvasRenderingContext2D} ctx
   */
  #paintAbove(ctx) {
    const { ratio } = this.pictures;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const sight = this.camera.sight();
    if (this.#held) {
      ctx.save();
      this.#painter.paintLinesOf(this.#held, ctx, sight);
      ctx.restore();
      this.#paintOne(ctx, sight, this.#held);
    }
    this.#painter.paintLine(this.#hoveredLine, ctx, sight);
    const node = this.#painter.byId.get(this.#hovered);
    if (node && node !== this.#held) this.#paintOne(ctx, sight, node);
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} sight
   * @param {Sign} node
   */
  #paintOne(ctx, sight, node) {
    const size = this.#painter.sizeOf(node, sight);
    paintSign(ctx, node, {
      ...onScreen(node, sight),
      size,
      selected: node.id === this.#painter.selected,
      hovered: true,
      alpha: alphaOf(node.id, this.#painter.lit, node.id),
      letters: size >= 7,
      scale: sight.scale,
    });
    this.#events.emit("over", ctx, node.id);
  }
}
