// The map: what is drawn of the state, and where it is looked at. How it is drawn is the business of the renderer.
import { impactOf, nodes } from "./data.js";
import { paintLabels, paintOneLabel } from "./labels.js";
import { narrow, say, togglePart } from "./main.js";
import { CanvasRenderer } from "./renderers/canvas.js";
import { bend, radius } from "./renderers/looks.js";
import { NoRenderer } from "./renderers/none.js";
import { clearSelection, countHidden, degree, isHub, select, shown, shownEdges, shownNeighbours, shownNodes, state, toggleNeighbours } from "./state.js";
import { $, calm } from "./style.js";

let renderer = new NoRenderer();
export let hovered = -1;
// Who stays bright: { nodes, edges }, or everybody.
export let lit = null;
// Kept between frames: what is drawn, and how many neighbours each one hides.
export let drawn = [];
export let lines = [];
export let hides = new Map();

// The lens if there is one, else the selection with its neighbours.
function bright() {
  if (state.lens) return { nodes: state.lens.nodes, edges: state.lens.edges };
  if (state.selected < 0 || !shown(state.selected)) return null;
  return { nodes: new Set([state.selected, ...shownNeighbours(state.selected)]), edges: new Set(nodes[state.selected].edges.map((edge) => edge.index)) };
}
export const drawable = () => drawn.map((id) => ({
  id, x: nodes[id].x, y: nodes[id].y, size: radius(degree(id)), family: nodes[id].class.family, letter: nodes[id].class.letter,
  loss: impactOf.has(id) ? impactOf.get(id).loss : null,
}));
const drawableLines = () => bend(shownEdges().map((edge) => ({ id: edge.index, from: edge.from, to: edge.to, family: edge.kind.family, hub: isHub(edge.from) || isHub(edge.to) })));

const hasCanvas = () => Boolean(document.createElement("canvas").getContext("2d"));
export function startMap() {
  if (hasCanvas()) open();
  else {
    $("no-canvas").hidden = false;
    togglePart("drawer", true);
    say($("no-canvas").textContent);
  }
}
function open() {
  renderer = new CanvasRenderer($("map"));
  renderer.on("click", (node) => (node < 0 ? clearSelection() : select(node)));
  renderer.on("doubleclick", (node) => { if (node >= 0) toggleNeighbours(node); });
  renderer.on("hover", (node) => {
    hovered = node;
    $("map").style.cursor = node < 0 ? "" : "pointer";
  });
  renderer.on("drag", (node, place) => Object.assign(nodes[node], place));
  renderer.on("dragend", (node, place) => Object.assign(nodes[node], place));
  renderer.on("draw", (context, held) => {
    paintLabels(context, held);
    if (drawn.length) $("map").dataset.drawn = String(drawn.length);
  });
  renderer.on("over", paintOneLabel);
}

// Bring the drawing in line with what is shown; entities keep their place.
export function syncMap() {
  lit = bright();
  drawn = shownNodes();
  hides = new Map(drawn.map((id) => [id, countHidden(id)]));
  lines = drawableLines();
  renderer.select(state.selected);
  renderer.setGraph(drawable(), lines);
  renderer.dim(lit);
  $("empty").hidden = drawn.length > 0;
  if (!nodes.length) $("empty").textContent = "This graph is empty: there is no entity in it.";
}
export const redrawMap = () => renderer.redraw();
// A map that was hidden has no size until it is seen.
export const resizeMap = (anyway) => { if (anyway || renderer.canvas?.clientWidth !== $("map").clientWidth) renderer.resize(); };
export const placeOf = (node) => renderer.toScreen(nodes[node]);
export const entityAt = (x, y) => renderer.at(x, y);
export const mapScale = () => renderer.scale;
export const mapCentre = () => renderer.centre;

const glide = () => !calm.matches;
export function fitMap(animated = true) {
  const ids = shownNodes();
  if (!ids.length) return;
  const { position, scale } = frame(ids);
  renderer.moveTo({ centre: position, scale, animate: animated && glide() });
}
// On a narrow page the panel covers the lower part: what is selected moves above it.
const lift = () => (narrow.matches && state.selected >= 0 ? { x: 0, y: -0.31 * $("map").clientHeight } : { x: 0, y: 0 });
export function bounds(ids) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const id of ids) {
    const { x, y } = nodes[id];
    Object.assign(box, { left: Math.min(box.left, x), right: Math.max(box.right, x), top: Math.min(box.top, y), bottom: Math.max(box.bottom, y) });
  }
  return box;
}
export function frame(ids) {
  const { clientWidth, clientHeight } = $("map");
  const { left, right, top, bottom } = bounds(ids);
  // Room for labels at the sides, for the tools above and the count below.
  const wide = Math.max(120, clientWidth - (narrow.matches ? 90 : 170));
  const high = Math.max(120, clientHeight - 230);
  const scale = Math.min(1.15, wide / Math.max(1, right - left), high / Math.max(1, bottom - top));
  return { position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale };
}
// An entity with its neighbours; where these lie too far apart, the entity alone stands in the middle.
export function centreOn(node) {
  const box = frame([node, ...shownNeighbours(node)]);
  const scale = Math.max(0.5, box.scale);
  const centre = scale > box.scale ? { x: nodes[node].x, y: nodes[node].y } : box.position;
  renderer.moveTo({ centre, scale, offset: lift(), animate: glide() });
}
// Follow the selection without jumping when it is in sight already.
export function keepInSight(node) {
  const place = placeOf(node);
  const { clientWidth, clientHeight } = $("map");
  const inside = place.x > 60 && place.y > 60 && place.x < clientWidth - 60 && place.y < clientHeight - 60 + 2 * lift().y;
  if (!inside) renderer.moveTo({ centre: { x: nodes[node].x, y: nodes[node].y }, offset: lift(), animate: glide() });
}
export function zoom(factor) {
  renderer.moveTo({ scale: Math.min(4, Math.max(0.02, renderer.scale * factor)), animate: glide() });
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
