// The map: what is drawn of the state, and where it is looked at. How it is drawn is the business of the renderer.
import { clearSelection, select, selectLine, toggleNeighbours } from "../actions/selection.js";
import { $, findAll } from "../dom.js";
import { calm, narrow } from "../media.js";
import { nodes } from "../model/data.js";
import { camera, shownNeighbours, state } from "../store.js";
import { CanvasRenderer } from "./canvas.js";
import { keepPlace } from "./arrangement.js";
import { paintFrames, paintLabels, paintOneLabel } from "./label-paint.js";
import { NoRenderer } from "./none.js";
import { hideLineTip, showLineTip } from "./line-tip.js";
import { bounds, drawable, scene, updateScene } from "./scene.js";

/** @type {Renderer} */
let renderer = new NoRenderer();
const hasCanvas = () => Boolean(document.createElement("canvas").getContext("2d"));
// False where this browser has no canvas.
export function startMap() {
  if (!hasCanvas()) return false;
  open();
  return true;
}
const mapView = () => ({
  scale: renderer.scale,
  width: $("map").clientWidth,
  height: $("map").clientHeight,
  place: placeOf,
  origin: renderer.toWorld({ x: 0, y: 0 }),
  reserved: overlays(),
});
// What lies over the map, and the names of groups: nothing else is written there.
function overlays() {
  const { left, top } = $("map").getBoundingClientRect();
  const headings = scene.frames.map((box) => {
    const corner = renderer.toScreen({ x: box.left, y: box.top });
    const right = Math.min(renderer.toScreen({ x: box.right, y: 0 }).x, corner.x + 20 + 8 * (box.name.length + 5));
    return { left: corner.x, right, top: corner.y - 4, bottom: corner.y + 24 };
  });
  const over = findAll($("stage"), ".tools, .amount, .on-map").flatMap((element) => {
    const box = element.getBoundingClientRect();
    if (!box.width) return [];
    return [{ left: box.left - left, right: box.right - left, top: box.top - top, bottom: box.bottom - top }];
  });
  return [...over, ...headings];
}
function open() {
  renderer = new CanvasRenderer($("map"));
  renderer.on("click", (node, line) => (node >= 0 ? select(node) : line >= 0 ? selectLine(line) : clearSelection()));
  renderer.on("doubleclick", (node) => {
    if (node >= 0) toggleNeighbours(node);
  });
  renderer.on("hover", (node, line, place) => {
    scene.hovered = node;
    $("map").style.cursor = node < 0 && line < 0 ? "" : "pointer";
    if (line >= 0 && place) showLineTip(line, place);
    else hideLineTip();
  });
  renderer.on("drag", (node, place) => Object.assign(nodes[node], place));
  renderer.on("dragend", (node, place) => {
    Object.assign(nodes[node], place);
    keepPlace(node);
  });
  camera.read = () => ({ centre: renderer.centre, scale: renderer.scale });
  camera.show = (place) => renderer.moveTo({ ...place, animate: glide() });
  renderer.on("draw", (context, held) => {
    paintFrames(context, mapView());
    paintLabels(context, mapView(), held);
    if (scene.drawn.length) $("map").dataset.drawn = String(scene.drawn.length);
  });
  renderer.on("over", (context, node) => paintOneLabel(context, mapView(), node));
}

/** Bring the drawing in line with what is shown; returns whether entities have other places than before. */
export function syncMap() {
  const { clientWidth, clientHeight } = $("map");
  const moved = updateScene(Math.min(3, Math.max(0.5, (clientWidth - 60) / Math.max(1, clientHeight - 130))));
  hideLineTip();
  renderer.select(state.selected);
  renderer.setGraph(drawable(), scene.lines);
  renderer.dim(scene.lit);
  $("empty").hidden = scene.drawn.length > 0;
  if (!nodes.length) $("empty").textContent = "This graph is empty: there is no entity in it.";
  return moved;
}
export const redrawMap = () => renderer.redraw();
/**
 * A map that was hidden has no size until it is seen.
 * @param {boolean} anyway
 */
export const resizeMap = (anyway) => {
  if (anyway || renderer.canvas?.clientWidth !== $("map").clientWidth) renderer.resize();
};
/** @param {number} node */
export const placeOf = (node) => renderer.toScreen(nodes[node]);
/**
 * @param {number} x
 * @param {number} y
 */
export const entityAt = (x, y) => renderer.at(x, y);
/**
 * @param {number} x
 * @param {number} y
 */
export const linkAt = (x, y) => renderer.lineAt(x, y);
export const mapScale = () => renderer.scale;
export const mapCentre = () => renderer.centre;

const glide = () => !calm.matches;
/**
 * What a lens lights, where there is one, or everything that is drawn.
 * @param {boolean} [animated]
 * @param {boolean} [everything] also what is not lit
 */
export function fitMap(animated = true, everything = false) {
  const { lens } = state;
  const lit = lens && !everything ? scene.drawn.filter((id) => lens.nodes.has(id)) : [];
  const ids = lit.length ? lit : scene.drawn;
  if (!ids.length) return;
  const { position, scale } = frame(ids);
  renderer.moveTo({ centre: position, scale, animate: animated && glide() });
}
// On a narrow page the panel covers the lower part: what is selected moves above it.
const lift = () =>
  narrow.matches && state.selected >= 0 ? { x: 0, y: -0.31 * $("map").clientHeight } : { x: 0, y: 0 };
/** @param {number[]} ids */
function frame(ids) {
  const { clientWidth, clientHeight } = $("map");
  const { left, right, top, bottom } = bounds(ids, ids === scene.drawn ? scene.frames : []);
  // Room for labels at the sides, for the tools above and the count below.
  const wide = Math.max(120, clientWidth - (narrow.matches ? 90 : 170));
  // The count below may have several lines.
  const [above, below] = [64, $("stage").querySelector(".amount")?.clientHeight ?? 0].map((room) => room + 12);
  const labels = scene.frames.length ? 10 : 70;
  const high = Math.max(120, clientHeight - above - below - labels);
  const scale = Math.min(1.15, wide / Math.max(1, right - left), high / Math.max(1, bottom - top));
  const lower = (below - above + (scene.frames.length ? 0 : 20)) / 2 / scale;
  return { position: { x: (left + right) / 2, y: (top + bottom) / 2 + lower }, scale };
}
/**
 * An entity with its neighbours; where these lie too far apart, the entity alone is in the middle.
 * @param {number} node
 */
export function centreOn(node) {
  const box = frame([node, ...shownNeighbours(node)]);
  const scale = Math.max(0.5, box.scale);
  const centre = scale > box.scale ? { x: nodes[node].x, y: nodes[node].y } : box.position;
  renderer.moveTo({ centre, scale, offset: lift(), animate: glide() });
}
/**
 * Follow the selection without jumping when it is in sight already.
 * @param {number} node
 */
export function keepInSight(node) {
  const place = placeOf(node);
  const { clientWidth, clientHeight } = $("map");
  const inside =
    place.x > 60 && place.y > 60 && place.x < clientWidth - 60 && place.y < clientHeight - 60 + 2 * lift().y;
  if (!inside) renderer.moveTo({ centre: { x: nodes[node].x, y: nodes[node].y }, offset: lift(), animate: glide() });
}
/** @param {number} factor */
export function zoom(factor) {
  renderer.moveTo({ scale: Math.min(4, Math.max(0.02, renderer.scale * factor)), animate: glide() });
}

/**
 * The neighbour that lies most in the direction of an arrow key.
 * @param {number} node
 * @param {number} dx
 * @param {number} dy
 */
export function towards(node, dx, dy) {
  const start = nodes[node];
  let best = -1;
  let least = Infinity;
  for (const near of shownNeighbours(node)) {
    const along = (nodes[near].x - start.x) * dx + (nodes[near].y - start.y) * dy;
    const across = Math.abs((nodes[near].x - start.x) * dy) + Math.abs((nodes[near].y - start.y) * dx);
    const cost = along + 2.2 * across;
    if (along > 0 && across <= along * 2.5 && cost < least) [best, least] = [near, cost];
  }
  return best;
}
