// The map by vis-network, which draws lines and takes the mouse; signs are painted here. Best up to some hundred entities.
import { $, LINES } from "../style.js";
import { listeners } from "./events.js";
import { alphaOf, lineLook, signRadius } from "./looks.js";
import { paintSign, ringAt } from "./signs.js";

// vis-network travels packed. The policy of the page lets it run because it names the hash of what comes out.
export async function unpackNetwork() {
  const packed = Uint8Array.from(atob($("vis-network").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
}
export const visThere = () => typeof vis !== "undefined";

const OPTIONS = {
  physics: false,
  layout: { improvedLayout: false, randomSeed: 1 },
  edges: { smooth: false, hoverWidth: 0, selectionWidth: 0, endPointOffset: { to: 2, from: 0 } },
  interaction: { hover: true, keyboard: false, selectConnectedEdges: false, selectable: false, tooltipDelay: 1e9, zoomSpeed: 0.7 },
};
const MOTION = { duration: 380, easingFunction: "easeInOutCubic" };

function visEdge(edge, lit) {
  const look = lineLook(edge, lit);
  const type = edge.turn > 0 ? "curvedCW" : "curvedCCW";
  const family = LINES[edge.family];
  return {
    id: edge.id, from: edge.from, to: edge.to, width: look.width, dashes: look.dash || false,
    smooth: edge.turn ? { enabled: true, type, roundness: edge.roundness } : false,
    color: { color: look.colour, opacity: look.opacity, inherit: false },
    arrows: { to: { enabled: Boolean(look.arrow), type: family.arrow, scaleFactor: family.arrow === "bar" ? 0.6 : 0.5 } },
  };
}

export class VisRenderer {
  name = "vis";
  #heard = listeners();
  #nodes = new Map();
  #edges = [];
  #looks = new Map();
  #lit = null;
  #selected = -1;
  #hovered = -1;
  #nodeSet = new vis.DataSet();
  #edgeSet = new vis.DataSet();

  constructor(container) {
    this.on = this.#heard.on;
    const nodes = { shape: "custom", ctxRenderer: (what) => this.#paint(what), fixed: false };
    this.network = new vis.Network(container, { nodes: this.#nodeSet, edges: this.#edgeSet }, { ...OPTIONS, nodes });
    this.#listen();
  }
  #listen() {
    const { network } = this;
    const at = (event) => network.getNodeAt(event.pointer.DOM) ?? -1;
    network.on("click", (event) => this.#heard.emit("click", at(event)));
    network.on("doubleClick", (event) => this.#heard.emit("doubleclick", at(event)));
    const hover = (node) => {
      this.#hovered = node;
      this.#heard.emit("hover", node);
      network.redraw();
    };
    network.on("hoverNode", (event) => hover(event.node));
    network.on("blurNode", () => hover(-1));
    const moved = (said) => (event) => {
      for (const [id, place] of Object.entries(network.getPositions(event.nodes))) {
        Object.assign(this.#nodes.get(Number(id)), place);
        this.#heard.emit(said, Number(id), place);
      }
    };
    network.on("dragging", moved("drag"));
    network.on("dragEnd", moved("dragend"));
    network.on("afterDrawing", (context) => this.#heard.emit("draw", context));
  }
  #paint({ ctx, id, x, y }) {
    const size = this.#sizeOf(id);
    const look = {
      x, y, size, selected: id === this.#selected, hovered: id === this.#hovered,
      alpha: alphaOf(id, this.#lit, this.#hovered), letters: size * this.scale >= 8, ...ringAt(this.scale),
    };
    const wide = 2 * size + 6;
    return { drawNode: () => paintSign(ctx, this.#nodes.get(id), look), nodeDimensions: { width: wide, height: wide } };
  }
  #sizeOf(id) {
    return signRadius(this.#nodes.get(id).size, this.scale, this.#nodes.size);
  }

  setGraph(nodes, edges) {
    const keep = new Map(nodes.map((node) => [node.id, node]));
    this.#nodeSet.remove(this.#nodeSet.getIds().filter((id) => !keep.has(id)));
    this.#nodes = keep;
    this.#nodeSet.add(nodes.filter(({ id }) => !this.#nodeSet.get(id)).map(({ id, x, y, size }) => ({ id, x, y, size })));
    const stay = new Set(edges.map((edge) => edge.id));
    this.#edgeSet.remove(this.#edgeSet.getIds().filter((id) => !stay.has(id)));
    for (const id of this.#looks.keys()) if (!stay.has(id)) this.#looks.delete(id);
    this.#edges = edges;
    this.#dress();
  }
  // vis-network builds a line anew for each update: only those that look different now.
  #dress() {
    const changed = this.#edges.map((edge) => visEdge(edge, this.#lit)).filter((look) => {
      const key = JSON.stringify(look);
      return this.#looks.get(look.id) !== key && this.#looks.set(look.id, key);
    });
    this.#edgeSet.update(changed);
    this.redraw();
  }
  setPositions(places) {
    for (const [id, { x, y }] of places) {
      Object.assign(this.#nodes.get(id), { x, y });
      this.network.moveNode(id, x, y);
    }
  }
  select(node) {
    this.#selected = node;
    this.redraw();
  }
  dim(lit) {
    this.#lit = lit;
    this.#dress();
  }

  get centre() { return this.network.getViewPosition(); }
  get scale() { return this.network.getScale(); }
  toScreen({ x, y }) { return this.network.canvasToDOM({ x, y }); }
  toWorld({ x, y }) { return this.network.DOMtoCanvas({ x, y }); }
  at(x, y) { return this.network.getNodeAt({ x, y }) ?? -1; }
  moveTo({ centre, animate, ...how }) {
    this.network.moveTo({ ...how, ...(centre && { position: centre }), animation: animate ? MOTION : false });
  }
  redraw() { this.network.redraw(); }
  resize() {
    this.network.setSize("100%", "100%");
    this.network.redraw();
  }
  get canvas() { return this.network.canvas.frame.canvas; }
  destroy() { this.network.destroy(); }
}
