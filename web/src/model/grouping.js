// Entities of the map in groups: by how far the harm of a shock (or a link) has to go to them, by country, or by class.
import { nodes } from "./data.js";
import { plural } from "./format.js";
import { starts } from "./graph.js";
import { COLUMN, ROW, around } from "./layered.js";
import { impactOf } from "./runs.js";
import { hasLosses, weight } from "./weight.js";

// Groups that have a frame of their own, at most.
const MOST = 24;
/** @typedef {{ name: string, members: number[] }} Group */

/**
 * @param {number[]} ids
 * @param {(id: number) => string} nameOf
 * @returns {Group[]}
 */
function gathered(ids, nameOf) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const id of ids) {
    const name = nameOf(id);
    if (!groups.has(name)) groups.set(name, { name, members: [] });
    groups.get(name)?.members.push(id);
  }
  return [...groups.values()];
}
/**
 * The largest first; those that come after MOST are one.
 * @param {Group[]} groups
 * @param {string} last the name of the group that comes last
 */
function largest(groups, last = "") {
  const sorted = groups.toSorted(
    (a, b) =>
      Number(a.name === last) - Number(b.name === last) ||
      b.members.length - a.members.length ||
      (a.name < b.name ? -1 : 1),
  );
  const rest = sorted.slice(MOST - 1);
  if (rest.length < 2) return sorted;
  return [
    ...sorted.slice(0, MOST - 1),
    { name: plural(rest.length, "other group", "other groups"), members: rest.flatMap(({ members }) => members) },
  ];
}
const NO_COUNTRY = "No country stated";
/** @param {number} id */
function countryOf(id) {
  if (nodes[id].class.name === "Jurisdiction") return nodes[id].label;
  const labels = nodes[id].edges
    .filter((edge) => edge.kind.key === "jurisdiction" && edge.from === id)
    .map((edge) => nodes[edge.to].label);
  return [...new Set(labels)].sort().join(" and ") || NO_COUNTRY;
}
/** Whether the graph says of anything in which country it is. */
export const hasCountries = () => nodes.some(({ index }) => countryOf(index) !== NO_COUNTRY && nodes[index].inWorld);

/**
 * @param {number[]} ids
 * @param {(id: number) => boolean} unknown
 */
function bySteps(ids, unknown) {
  const [SPARED, UNKNOWN] = [1e6, 2e6];
  /** @param {number} id */
  const step = (id) => impactOf.get(id)?.step ?? (unknown(id) ? UNKNOWN : SPARED);
  const steps = [...new Set(ids.map(step))].sort((a, b) => a - b);
  return steps.map((at) => ({
    name: at === SPARED ? "Loses nothing" : at === UNKNOWN ? "Not known" : at === 0 ? "Hit" : `Step ${at}`,
    members: ids.filter((id) => step(id) === at),
  }));
}
/**
 * @param {number[]} ids
 * @param {number} centre
 */
function byDistance(ids, centre) {
  const among = new Set(ids);
  const far = new Map([[centre, 0]]);
  for (const id of far.keys())
    for (const { from, to, inWorld } of nodes[id].edges) {
      const near = from === id ? to : from;
      if (inWorld && among.has(near) && !far.has(near)) far.set(near, (far.get(id) ?? 0) + 1);
    }
  const steps = [...new Set(ids.map((id) => far.get(id) ?? Infinity))].sort((a, b) => a - b);
  return steps.map((at) => ({
    name: at === Infinity ? "Not linked" : at === 0 ? "Centre" : plural(at, "link", "links"),
    members: ids.filter((id) => (far.get(id) ?? Infinity) === at),
  }));
}
/**
 * @param {Grouping} by
 * @param {number[]} ids
 * @param {number} centre the entity from which distances count, or -1
 * @param {(id: number) => boolean} [unknown] whether it is not known what an entity loses
 * @returns {Group[]}
 */
export function groupsOf(by, ids, centre, unknown = () => false) {
  if (by === "class") return largest(gathered(ids, (id) => nodes[id].class.label));
  if (by === "country") return largest(gathered(ids, countryOf), NO_COUNTRY);
  return hasLosses() && centre < 0
    ? bySteps(ids, unknown)
    : byDistance(ids, centre < 0 ? (starts()[0] ?? ids[0]) : centre);
}

/**
 * Each group as a block, those of steps side by side, others in rows; what matters most comes first.
 * @param {Grouping} by
 * @param {number[]} ids
 * @param {number} centre
 * @param {(id: number) => boolean} [unknown]
 * @returns {{ places: Map<number, Point>, frames: import("./layered.js").Frame[] }}
 */
export function grouped(by, ids, centre, unknown) {
  /** @type {Map<number, Point>} */
  const places = new Map();
  const frames = [];
  // Blocks fill a sheet about as wide as it is high, on a screen.
  const widest = by === "tier" ? Infinity : Math.max(4, Math.ceil(Math.sqrt(ids.length * 0.9) + 1)) * COLUMN;
  let [left, top, high] = [0, 0, 0];
  for (const { name, members } of groupsOf(by, ids, centre, unknown)) {
    const wide = by === "tier" ? Math.ceil(members.length / 14) : Math.ceil(Math.sqrt(members.length * 0.6));
    if (left && left + wide * COLUMN > widest) [left, top, high] = [0, top + high + 2.7 * ROW, 0];
    members
      .toSorted((a, b) => weight(b) - weight(a) || a - b)
      .forEach((id, at) => {
        const column = left / COLUMN + (at % wide);
        // Columns beside each other are shifted, so that labels of both find room.
        const shift = Math.round(column / 1.25) % 2 ? ROW / 2 : 0;
        places.set(id, { x: left + (at % wide) * COLUMN, y: top + Math.floor(at / wide) * ROW + shift });
      });
    frames.push({ name, count: members.length, ...around(members, places) });
    left += wide * COLUMN + 0.25 * COLUMN;
    high = Math.max(high, (Math.ceil(members.length / wide) - 1) * ROW);
  }
  return { places, frames };
}
