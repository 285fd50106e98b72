// What a document says nothing of: in its world an entity without a loss may be safe, or nobody may have written about it.
import { nodes } from "./data.js";
import { hasLosses } from "./weight.js";
import { impactOf } from "./runs.js";

/** In the world of one document: the loss is not known, since the document does not say what the entity needs. */
export const UNKNOWN = "This document does not say what it needs: whether it loses anything is not known.";
/**
 * @param {number} node
 * @param {World} world
 */
export function isSilent(node, world) {
  if (world.document < 0 || !hasLosses() || impactOf.has(node)) return false;
  return saysNothing(node);
}
/**
 * Whether the world that is on has nothing on what an entity needs.
 * @param {number} node
 */
export const saysNothing = (node) =>
  nodes[node].bare ||
  !nodes[node].inWorld ||
  !nodes[node].edges.some((edge) => edge.from === node && edge.kind.family === "need");
