// Opens the world of one document or one day, or all sources again.
import { edges, nodes } from "../model/data.js";
import { count } from "../model/format.js";
import { impactOf } from "../model/runs.js";
import { growToRoom } from "../model/visible.js";
import { isWhole } from "../model/world-filter.js";
import { worldName, worldNotice } from "../model/worlds.js";
import { changed, enterWorld, remember, room, state } from "../store.js";

// The map as it was in all sources.
/** @type {Set<number> | null} */
let before = null;

/**
 * Without drawing it: the address of the page does so too.
 * @param {World} world
 */
export function openWorld(world) {
  if (isWhole(state.world)) before = new Set(state.visible);
  state.world = world;
  enterWorld();
  /** @param {number} node */
  const inWorld = (node) => nodes[node].inWorld;
  if (!isWhole(world)) state.visible = new Set([...(before || [])].filter(inWorld));
  else if (before) state.visible = new Set(before);
  if (!isWhole(world) || !before) growToRoom(state.visible, room);
  if (state.selected >= 0 && !inWorld(state.selected)) state.selected = -1;
  if (state.line >= 0 && !edges[state.line].inWorld) state.line = -1;
  state.row = impactOf.get(state.selected)?.index ?? -1;
}
/** @param {World} world */
export const isOpen = (world) => world.document === state.world.document && world.day === state.world.day;
/**
 * Without a step of the history for the world that is left: a drag of the slider is one step.
 * @param {World} world
 * @param {boolean} [isStep]
 */
export function setWorld(world, isStep = true) {
  if (isOpen(world)) return;
  if (isStep) remember();
  Object.assign(state, { lens: null, pathQuery: null });
  openWorld(world);
  changed("world", {
    fit: true,
    message: `${worldName(world)}: ${worldNotice(world) || `${count(nodes.length)} entities`}`,
  });
}
