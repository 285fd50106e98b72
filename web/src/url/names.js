// How the address names entities and numbers, and what tells whether it was made for this data.
import { edges, nodes, raw } from "../model/data.js";
import { shortName } from "../model/names.js";

export const MISSING = "The link names entities that are not in this data.";

// Entities go by IRI, without the base that most share (page_data.py does the same).
const rowOf = new Map(nodes.map((node) => [node.iri, node.index]));
/** @param {number} row */
export const nameOf = (row) => shortName(nodes[row].iri);
/** @param {string} name */
export const named = (name) => rowOf.get(name.includes(":") ? name : raw.base + name) ?? -1;
/**
 * @param {string} value
 * @param {number} low
 * @param {number} high
 */
export const whole = (value, low, high) => {
  const number = /^-?\d{1,7}$/.test(value) ? Number(value) : NaN;
  return number >= low && number <= high ? number : null;
};

// Rows mean something only in the same data: how many entities, and a hash (FNV-1a) of their names and the links.
let print = "";
export function fingerprint() {
  if (print) return print;
  let hash = 0x811c9dc5;
  /** @param {number} value */
  const mix = (value) => {
    hash = Math.imul(hash ^ value, 0x01000193) >>> 0;
  };
  for (const { iri } of nodes) {
    for (let i = 0; i < iri.length; i += 1) mix(iri.charCodeAt(i));
    mix(0);
  }
  edges.forEach((edge) => {
    mix(edge.from);
    mix(edge.to);
  });
  raw.cascade?.impacts.node.forEach(mix);
  print = `${nodes.length}-${hash.toString(36)}`;
  return print;
}
