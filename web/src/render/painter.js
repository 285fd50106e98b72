// Paints a whole graph on a canvas in few strokes: one path for all lines that look the same, one for all signs that do.
import { alphaOf, arrival, headPoints, lineLook, MANY, signRadius, via } from "./geometry.js";
import { lossSweep, paintHalo, paintLetters, paintStar, paintUnknown } from "./glyphs.js";
import { colours } from "./palette.js";
import { UP, extend } from "./shapes.js";
import { crosses, inSight, onScreen } from "./sight.js";

// Lines in one path, at most: longer ones take more than their share of time to fill.
const BATCH = 400;
// With no more lines than this, each has its arrow head from afar too.
const FEW = 400;

export class Painter {
  /** @type {Sign[]} */
  nodes = [];
  /** @type {PlacedLine[]} */
  edges = [];
  /** @type {Lit | null} */
  lit = null;
  selected = -1;
  stale = true;
  /** @type {Map<number, Sign>} */
  byId = new Map();
  /** @type {Map<Sign, PlacedLine[]>} */
  edgesOf = new Map();
  /** @type {Map<string, Group<LineLook, PlacedLine>>} */
  #lines = new Map();
  /** @type {Map<string, Group<SignLook, Sign>>} */
  #signs = new Map();

  /**
   * @param {Sign[]} nodes
   * @param {Line[]} edges
   */
  setGraph(nodes, edges) {
    this.nodes = nodes;
    this.byId = new Map(nodes.map((node) => [node.id, node]));
    this.edges = edges.map((edge) => ({
      ...edge,
      a: /** @type {Sign} */ (this.byId.get(edge.from)),
      b: /** @type {Sign} */ (this.byId.get(edge.to)),
    }));
    this.edgesOf = new Map();
    for (const edge of this.edges)
      for (const node of new Set([edge.a, edge.b])) this.edgesOf.set(node, [...(this.edgesOf.get(node) || []), edge]);
    this.stale = true;
  }
  // What looks the same goes together; anew only when graph, selection or colours change.
  #group() {
    if (!this.stale) return;
    this.stale = false;
    this.#lines = grouped(this.edges, (edge) => lineLook(edge, this.lit));
    this.#signs = grouped(this.nodes, (node) => ({ family: node.family, alpha: alphaOf(node.id, this.lit, -1) }));
  }
  /**
   * @param {Sign} node
   * @param {Sight} view
   */
  sizeOf(node, view) {
    return signRadius(node.size, view.scale, this.nodes.length) * view.scale;
  }

  /**
   * A view: { scale, left, top, width, height }, where left and top are in units of the drawing, the rest in pixels.
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   * @param {Sign | null} [held]
   */
  paint(ctx, view, held = null) {
    this.#group();
    ctx.lineJoin = "round";
    ctx.lineCap = "butt";
    const shown = this.edges.filter((edge) => edge.a !== held && edge.b !== held && crosses(edge, view)).length;
    const groups = [...this.#lines.values()].sort((a, b) => a.look.opacity - b.look.opacity);
    // Under the lines: the heads of those that arrive at what is selected lie upon its halo.
    this.#paintHalo(ctx, view, held);
    for (const group of groups) this.#paintLines(ctx, view, group, held, { fine: shown <= MANY, few: shown <= FEW });
    for (const group of [...this.#signs.values()].sort((a, b) => a.look.alpha - b.look.alpha))
      this.#paintSigns(ctx, view, group, held);
    this.#paintLosses(ctx, view, held);
    for (const node of this.nodes) {
      if (!(node.unknown || node.marked) || node === held || !inSight(node, view)) continue;
      const [place, size, alpha] = [onScreen(node, view), this.sizeOf(node, view), alphaOf(node.id, this.lit, -1)];
      if (node.unknown) paintUnknown(ctx, place, size, view.scale, alpha);
      if (node.marked) paintStar(ctx, place, size, view.scale, alpha);
    }
    ctx.globalAlpha = 1;
  }
  /**
   * The lines of one entity, which is being dragged over the picture of all others.
   * @param {Sign} node
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   */
  paintLinesOf(node, ctx, view) {
    for (const group of grouped(this.edgesOf.get(node) || [], (edge) => lineLook(edge, this.lit)).values())
      this.#paintLines(ctx, view, group, null, { fine: true, few: true });
    ctx.globalAlpha = 1;
  }
  /**
   * The line that is pointed at, thick, over the picture of all others.
   * @param {number} id
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   */
  paintLine(id, ctx, view) {
    const line = id < 0 ? undefined : this.edges.find((edge) => edge.id === id);
    if (!line) return;
    const look = { ...lineLook(line, { nodes: new Set(), edges: new Set([id]) }), width: 3.2 };
    this.#paintLines(ctx, view, { look, members: [line] }, null, { fine: true, few: true });
    ctx.globalAlpha = 1;
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   * @param {Group<LineLook, PlacedLine>} group
   * @param {Sign | null} held
   * @param {{ fine: boolean, few: boolean }} options
   */
  #paintLines(ctx, view, { look, members }, held, { fine, few }) {
    const { scale } = view;
    ctx.globalAlpha = look.opacity;
    ctx.strokeStyle = look.colour;
    ctx.fillStyle = look.colour;
    // Thinner from afar, but never so thin that it could not be seen.
    ctx.lineWidth = Math.max(look.width > 3 ? 3 : look.width > 1.5 ? 1.8 : 1, look.width * scale);
    ctx.setLineDash(
      look.dash && (fine || look.opacity === 1) && scale > 0.2 ? look.dash.map((length) => length * scale) : [],
    );
    /** @type {PlacedLine[] | null} */
    const heads = look.arrow && (look.opacity === 1 || few || (fine && scale > 0.3)) ? [] : null;
    let count = 0;
    ctx.beginPath();
    for (const edge of members) {
      if (edge.a === held || edge.b === held || !crosses(edge, view)) continue;
      traceLine(ctx, edge, view);
      if (heads) heads.push(edge);
      count += 1;
      if (count % BATCH === 0) {
        ctx.stroke();
        ctx.beginPath();
      }
    }
    ctx.stroke();
    ctx.setLineDash([]);
    if (heads?.length) this.#paintHeads(ctx, view, look, heads);
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   * @param {LineLook} look
   * @param {PlacedLine[]} edges
   */
  #paintHeads(ctx, view, look, edges) {
    const length = Math.max(5, 11 * view.scale);
    ctx.beginPath();
    for (const edge of edges) {
      if (edge.a === edge.b) continue;
      const [a, b] = [onScreen(edge.a, view), onScreen(edge.b, view)];
      const { tip, angle } = arrival(edge, a, b, this.sizeOf(edge.b, view) + 4 * view.scale);
      headPoints(/** @type {ArrowKind} */ (look.arrow), tip, angle, length).forEach(([x, y], i) =>
        ctx[i ? "lineTo" : "moveTo"](x, y),
      );
      ctx.closePath();
    }
    ctx.fill();
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   * @param {Sign | null} held
   */
  #paintHalo(ctx, view, held) {
    const node = this.byId.get(this.selected);
    if (!node || node === held) return;
    const { x, y } = onScreen(node, view);
    ctx.globalAlpha = 1;
    paintHalo(ctx, x, y, this.sizeOf(node, view) + Math.max(6, 15 * view.scale));
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   * @param {Group<SignLook, Sign>} group
   * @param {Sign | null} held
   */
  #paintSigns(ctx, view, { look, members }, held) {
    ctx.globalAlpha = look.alpha;
    const inside = members.filter((node) => node !== held && inSight(node, view));
    for (let start = 0; start < inside.length; start += BATCH)
      this.#paintBatch(ctx, view, look, inside.slice(start, start + BATCH));
    if (!inside.some((node) => this.sizeOf(node, view) >= 7)) return;
    for (const node of inside) {
      const size = this.sizeOf(node, view);
      const { x, y } = onScreen(node, view);
      if (size >= 7) paintLetters(ctx, node, x, y, size);
    }
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   * @param {SignLook} look
   * @param {Sign[]} nodes
   */
  #paintBatch(ctx, view, look, nodes) {
    ctx.beginPath();
    for (const node of nodes) {
      const { x, y } = onScreen(node, view);
      extend(ctx, look.family, x, y, this.sizeOf(node, view));
    }
    ctx.strokeStyle = colours.paper;
    ctx.fillStyle = colours[look.family];
    ctx.lineWidth = Math.max(1, 2 * view.scale);
    ctx.stroke();
    ctx.fill();
    this.#paintSelected(ctx, view, nodes);
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   * @param {Sign[]} nodes
   */
  #paintSelected(ctx, view, nodes) {
    const node = nodes.find(({ id }) => id === this.selected);
    if (!node) return;
    const { x, y } = onScreen(node, view);
    ctx.beginPath();
    extend(ctx, node.family, x, y, this.sizeOf(node, view));
    ctx.strokeStyle = colours.accent;
    ctx.lineWidth = Math.max(2.5, 3.5 * view.scale);
    ctx.stroke();
    ctx.fill();
  }
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Sight} view
   * @param {Sign | null} held
   */
  #paintLosses(ctx, view, held) {
    const wide = Math.max(1.5, 3 * view.scale);
    for (const dimmed of [true, false]) {
      ctx.globalAlpha = dimmed ? 0.16 : 1;
      ctx.strokeStyle = colours.accent;
      ctx.lineWidth = wide;
      ctx.beginPath();
      for (const node of this.nodes) {
        if (
          node.loss === null ||
          node === held ||
          alphaOf(node.id, this.lit, -1) < 1 !== dimmed ||
          !inSight(node, view)
        )
          continue;
        const { x, y } = onScreen(node, view);
        const size = this.sizeOf(node, view) + Math.max(2.5, 8.5 * view.scale);
        ctx.moveTo(x, y - size);
        ctx.arc(x, y, size, UP, lossSweep(node.loss));
      }
      ctx.stroke();
    }
  }
}

/**
 * @template {object} Look
 * @template Thing
 * @param {Thing[]} things
 * @param {(thing: Thing) => Look} lookOf
 */
function grouped(things, lookOf) {
  /** @type {Map<string, Group<Look, Thing>>} */
  const groups = new Map();
  for (const thing of things) {
    const look = lookOf(thing);
    const key = Object.values(look).join("|");
    if (!groups.has(key)) groups.set(key, { look, members: [] });
    groups.get(key)?.members.push(thing);
  }
  return groups;
}
/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {PlacedLine} edge
 * @param {Sight} view
 */
function traceLine(ctx, edge, view) {
  const [a, b] = [onScreen(edge.a, view), onScreen(edge.b, view)];
  if (edge.a === edge.b) {
    const size = edge.a.size * view.scale;
    ctx.moveTo(a.x + size * 1.4, a.y - size);
    ctx.arc(a.x + size * 0.7, a.y - size, size * 0.7, 0, 2 * Math.PI);
    return;
  }
  ctx.moveTo(a.x, a.y);
  const turn = via(edge, a, b);
  if (turn) ctx.quadraticCurveTo(turn.x, turn.y, b.x, b.y);
  else ctx.lineTo(b.x, b.y);
}
