// What is drawn of the state, kept between frames.
import { edges, nodes } from "../model/data.js";
import { isHub } from "../model/graph.js";
import { impactOf } from "../model/runs.js";
import { isSilent } from "../model/silence.js";
import { signSize, weight } from "../model/weight.js";
import { countHidden, shown, shownEdges, shownNeighbours, shownNodes, state } from "../store.js";
import { arrange } from "./arrangement.js";
import { bend } from "./geometry.js";

/**
 * @typedef {{ size: number, weight: number }} Weighed
 * @type {{ drawn: number[], lines: Line[], frames: import("../model/layered.js").Frame[], hides: Map<number, number>, weighed: Map<number, Weighed>, lit: Lit | null, hovered: number }}
 */
export const scene = {
  drawn: [],
  lines: [],
  // The frames of groups, with their names.
  frames: [],
  // How many neighbours each one hides.
  hides: new Map(),
  // How large each one is drawn, and how much it matters.
  weighed: new Map(),
  // What stays bright: { nodes, edges }, or everything.
  lit: null,
  hovered: -1,
};

// The lens if there is one, else the selection with its neighbours.
function bright() {
  if (state.lens) return { nodes: state.lens.nodes, edges: state.lens.edges };
  if (state.line >= 0) {
    const { from, to } = edges[state.line];
    return { nodes: new Set([from, to]), edges: new Set([state.line]) };
  }
  if (state.selected < 0 || !shown(state.selected)) return null;
  return {
    nodes: new Set([state.selected, ...shownNeighbours(state.selected)]),
    edges: new Set(nodes[state.selected].edges.map((edge) => edge.index)),
  };
}
/** @param {number} id */
export const sizeOf = (id) => scene.weighed.get(id)?.size ?? signSize(id);
export const drawable = () =>
  scene.drawn.map((id) => ({
    id,
    x: nodes[id].x,
    y: nodes[id].y,
    size: sizeOf(id),
    family: nodes[id].class.family,
    letter: nodes[id].class.letter,
    loss: impactOf.get(id)?.loss ?? null,
    unknown: isSilent(id, state.world),
    marked: state.mine.has(id),
  }));
/** @param {Set<number>} drawn */
const drawableLines = (drawn) =>
  bend(
    shownEdges()
      .filter((edge) => drawn.has(edge.from) && drawn.has(edge.to))
      .map((edge) => ({
        id: edge.index,
        from: edge.from,
        to: edge.to,
        family: /** @type {LineFamily} */ (edge.kind.family),
        hub: isHub(edge.from) || isHub(edge.to),
      })),
  );

/**
 * Brings the scene in line with the state; returns whether entities have moved to other places.
 * @param {number} [shape] of the view: its width for a height of 1
 */
export function updateScene(shape = 1.2) {
  scene.lit = bright();
  const alone = state.arrangement.by === "alone";
  const lit = alone && scene.lit ? scene.lit.nodes : null;
  scene.drawn = lit ? shownNodes().filter((id) => lit.has(id)) : shownNodes();
  const arrangement = /** @type {Arrangement} */ (alone && !lit ? { by: "links", around: -1 } : state.arrangement);
  const { frames, moved } = arrange(arrangement, scene.drawn, shape, (id) => isSilent(id, state.world));
  scene.frames = frames;
  scene.weighed = new Map(scene.drawn.map((id) => [id, { size: signSize(id), weight: weight(id) }]));
  scene.hides = new Map(scene.drawn.map((id) => [id, countHidden(id)]));
  scene.lines = drawableLines(new Set(scene.drawn));
  return moved;
}
/**
 * The box around some entities and frames.
 * @param {number[]} ids
 * @param {Box[]} [frames]
 */
export function bounds(ids, frames = []) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const id of ids) {
    const { x, y } = nodes[id];
    Object.assign(box, {
      left: Math.min(box.left, x),
      right: Math.max(box.right, x),
      top: Math.min(box.top, y),
      bottom: Math.max(box.bottom, y),
    });
  }
  for (const { left, right, top, bottom } of frames)
    Object.assign(box, {
      left: Math.min(box.left, left + 60),
      right: Math.max(box.right, right - 60),
      top: Math.min(box.top, top),
      bottom: Math.max(box.bottom, bottom),
    });
  return box;
}
