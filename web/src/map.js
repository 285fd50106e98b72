// The map: vis-network draws lines and takes the mouse; signs and labels are painted here, as canvas text.
import { impactOf, nodes } from "./data.js";
import { paintLabels } from "./labels.js";
import { narrow } from "./main.js";
import { clearSelection, countHidden, degree, isHub, select, shown, shownEdges, shownNeighbours, shownNodes, state, toggleNeighbours } from "./state.js";
import { $, LINES, UP, calm, colours, trace } from "./style.js";

const radius = (node) => 11 + Math.min(11, 1.7 * Math.sqrt(degree(node)));
// From afar signs stay large enough to tell shape and letter, but never so large that neighbours touch (layout.py keeps 84 apart).
export const drawnRadius = (node) => Math.max(radius(node), Math.min(36, (drawn.length <= 130 ? 9.5 : 4.5) / network.getScale()));
export let network = null;
export let hovered = -1;
let nodeSet = null;
let edgeSet = null;

// Who stays bright: the selection and its neighbours; everybody where nothing is selected.
function bright() {
  if (state.selected < 0 || !shown(state.selected)) return null;
  return new Set([state.selected, ...shownNeighbours(state.selected)]);
}
export let lit = null;
export const CROWD = 26;
// Kept between frames: what is drawn, and how many neighbours each one hides.
export let drawn = [];
export let hides = new Map();
const alpha = (node) => (lit && !lit.has(node) && node !== hovered ? 0.16 : 1);

function paintNode({ ctx, id, x, y }) {
  const node = nodes[id];
  const size = drawnRadius(id);
  const drawNode = () => {
    ctx.globalAlpha = alpha(id);
    ctx.lineJoin = "round";
    if (id === state.selected) {
      ctx.beginPath();
      ctx.arc(x, y, size + 15, 0, 2 * Math.PI);
      ctx.fillStyle = colours["accent-soft"];
      ctx.fill();
    }
    trace(ctx, node.class.family, x, y, size);
    ctx.fillStyle = colours[node.class.family];
    ctx.strokeStyle = id === state.selected ? colours.accent : id === hovered ? colours.ink : colours.paper;
    ctx.lineWidth = id === state.selected ? 3.5 : 2;
    ctx.stroke();
    ctx.fill();
    paintLetters(ctx, node, x, y, size);
    if (impactOf.has(id)) paintLoss(ctx, impactOf.get(id).loss, x, y, size);
  };
  return { drawNode, nodeDimensions: { width: 2 * size + 6, height: 2 * size + 6 } };
}
function paintLetters(ctx, node, x, y, size) {
  if (size * network.getScale() < 8) return;
  ctx.font = `600 ${(size * 0.86).toFixed(1)}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = colours["on-node"];
  ctx.fillText(node.class.letter, x, y + size * 0.08);
}
// A ring as long as the loss, so that the map tells the cascade as well.
function paintLoss(ctx, loss, x, y, size) {
  ctx.beginPath();
  ctx.arc(x, y, size + 8.5, UP, UP + 2 * Math.PI * Math.max(0.02, loss));
  ctx.lineWidth = 3;
  ctx.strokeStyle = colours.accent;
  ctx.stroke();
}

// Lines between the same two bend apart.
function bends(lines) {
  const between = new Map();
  return lines.map((edge) => {
    const pair = [edge.from, edge.to].sort((a, b) => a - b).join();
    const order = between.get(pair) || 0;
    between.set(pair, order + 1);
    return [edge, pair, order];
  }).map(([edge, pair, order]) => {
    if (between.get(pair) === 1 || lines.length > MANY) return edgeLook(edge, false, lines.length > MANY);
    // Turn against the direction of the line, so that there and back do not fall together.
    const type = (order % 2 === 0) === edge.from < edge.to ? "curvedCW" : "curvedCCW";
    return edgeLook(edge, { enabled: true, type, roundness: 0.12 + 0.12 * Math.floor(order / 2) }, false);
  });
}
// Thousands of long dashed lines take a computer without graphics card half a minute: then plain ones, but around the selection.
const MANY = 1500;
function edgeLook(edge, smooth, many) {
  const family = LINES[edge.kind.family];
  const touched = lit && (edge.from === state.selected || edge.to === state.selected);
  // The lines of a hub are many: lighter, or they would be one blot.
  const crowd = lit && lit.size > CROWD;
  const opacity = lit ? (touched ? (crowd ? 0.4 : 1) : 0.07) : isHub(edge.from) || isHub(edge.to) ? 0.22 : 0.6;
  return {
    id: edge.index,
    from: edge.from,
    to: edge.to,
    smooth,
    dashes: many && !touched ? false : family.dash,
    width: touched && !crowd ? 2 : 1.2,
    color: { color: colours[`edge-${edge.kind.family}`], opacity, inherit: false },
    arrows: { to: { enabled: !many || Boolean(touched), type: family.arrow, scaleFactor: family.arrow === "bar" ? 0.6 : 0.5 } },
  };
}

// vis-network travels packed. The policy of the page lets it run because it names the hash of what comes out.
export async function unpackNetwork() {
  const packed = Uint8Array.from(atob($("vis-network").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
}
export function startMap() {
  nodeSet = new vis.DataSet();
  edgeSet = new vis.DataSet();
  network = new vis.Network($("map"), { nodes: nodeSet, edges: edgeSet }, {
    physics: false,
    layout: { improvedLayout: false, randomSeed: 1 },
    nodes: { shape: "custom", ctxRenderer: paintNode, fixed: false },
    edges: { smooth: false, hoverWidth: 0, selectionWidth: 0, endPointOffset: { to: 2, from: 0 } },
    interaction: { hover: true, keyboard: false, selectConnectedEdges: false, selectable: false, tooltipDelay: 1e9, zoomSpeed: 0.7 },
  });
  network.on("click", (event) => {
    const node = network.getNodeAt(event.pointer.DOM);
    if (node === undefined) clearSelection();
    else select(node);
  });
  network.on("doubleClick", (event) => {
    const node = network.getNodeAt(event.pointer.DOM);
    if (node !== undefined) toggleNeighbours(node);
  });
  const hover = (node) => {
    hovered = node;
    $("map").style.cursor = node < 0 ? "" : "pointer";
    network.redraw();
  };
  network.on("hoverNode", (event) => hover(event.node));
  network.on("blurNode", () => hover(-1));
  network.on("dragEnd", (event) => {
    for (const [id, place] of Object.entries(network.getPositions(event.nodes))) Object.assign(nodes[id], place);
  });
  network.on("afterDrawing", paintLabels);
}

// vis-network builds a line anew for each update: only those that look different now.
const looks = new Map();
function changed(look) {
  const key = JSON.stringify(look);
  if (looks.get(look.id) === key) return false;
  looks.set(look.id, key);
  return true;
}

// Bring vis-network in line with what is shown; entities keep their place.
export function syncMap() {
  lit = bright();
  const wanted = shownNodes();
  drawn = wanted;
  hides = new Map(wanted.map((id) => [id, countHidden(id)]));
  const keep = new Set(wanted);
  nodeSet.remove(nodeSet.getIds().filter((id) => !keep.has(id)));
  const there = new Set(nodeSet.getIds());
  nodeSet.add(wanted.filter((id) => !there.has(id)).map((id) => ({ id, x: nodes[id].x, y: nodes[id].y, size: radius(id) })));
  const lines = shownEdges();
  const stay = new Set(lines.map((edge) => edge.index));
  edgeSet.remove(edgeSet.getIds().filter((id) => !stay.has(id)));
  for (const id of looks.keys()) if (!stay.has(id)) looks.delete(id);
  edgeSet.update(bends(lines).filter(changed));
  $("empty").hidden = wanted.length > 0;
  network.redraw();
}

const motion = () => (calm.matches ? false : { duration: 380, easingFunction: "easeInOutCubic" });
export function fitMap(animated = true) {
  const ids = shownNodes();
  if (ids.length) network.moveTo({ ...frame(ids), animation: animated && motion() });
}
// On a narrow page the panel covers the lower part: what is selected moves above it.
const lift = () => (narrow.matches && state.selected >= 0 ? { x: 0, y: -0.31 * $("map").clientHeight } : { x: 0, y: 0 });
export function frame(ids) {
  const { clientWidth, clientHeight } = $("map");
  const [xs, ys] = [ids.map((id) => nodes[id].x), ids.map((id) => nodes[id].y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  // Room for labels at the sides, for the tools above and the count below.
  const wide = Math.max(120, clientWidth - (narrow.matches ? 90 : 170));
  const high = Math.max(120, clientHeight - 170);
  const scale = Math.min(1.15, wide / Math.max(1, right - left), high / Math.max(1, bottom - top));
  return { position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale };
}
// An entity with its neighbours; where these lie too far apart, the entity alone stands in the middle.
export function centreOn(node) {
  const box = frame([node, ...shownNeighbours(node)]);
  const scale = Math.max(0.5, box.scale);
  const position = scale > box.scale ? { x: nodes[node].x, y: nodes[node].y } : box.position;
  network.moveTo({ position, scale, offset: lift(), animation: motion() });
}
// Follow the selection without jumping when it is in sight already.
export function keepInSight(node) {
  const place = network.canvasToDOM({ x: nodes[node].x, y: nodes[node].y });
  const { clientWidth, clientHeight } = $("map");
  const inside = place.x > 60 && place.y > 60 && place.x < clientWidth - 60 && place.y < clientHeight - 60 + 2 * lift().y;
  if (!inside) network.moveTo({ position: { x: nodes[node].x, y: nodes[node].y }, offset: lift(), animation: motion() });
}
export function zoom(factor) {
  network.moveTo({ scale: Math.min(4, Math.max(0.05, network.getScale() * factor)), animation: motion() });
}

// The neighbour that lies most in the direction of an arrow key.
export function towards(node, dx, dy) {
  const here = nodes[node];
  let best = -1;
  let least = Infinity;
  for (const near of shownNeighbours(node)) {
    const along = (nodes[near].x - here.x) * dx + (nodes[near].y - here.y) * dy;
    const across = Math.abs((nodes[near].x - here.x) * dy) + Math.abs((nodes[near].y - here.y) * dx);
    const cost = along + 2.2 * across;
    if (along > 0 && across <= along * 2.5 && cost < least) [best, least] = [near, cost];
  }
  return best;
}
