// The network of each world: the rows of the page's tables that it has, compiled for the engine.
import { raw, text } from "../data.js";
import { compileNetwork } from "../engine/network.js";
import { toggled } from "../row-sets.js";

/** Whether this page computes: it does for the model leontief. */
export const computes = Boolean(raw.network);
/** What Python sent to compute with. */
export const tables = () => /** @type {NetworkData} */ (raw.network);

/** @param {World} world @returns {WorldData | undefined} */
const entryOf = ({ document, day }) => {
  const entry = raw.network?.worlds.find((world) => world.document === document && world.date === day);
  return entry?.same === undefined ? entry : { ...raw.network?.worlds[entry.same], ...entry };
};
/** @param {"nodes" | "slots" | "parts"} name @param {WorldData} entry */
function rowsOf(name, entry) {
  const whole = toggled(tables().worlds[0][name] ?? [], new Set());
  const rows = entry === tables().worlds[0] ? whole : toggled(entry[name] ?? [], whole);
  return [...rows].sort((a, b) => a - b);
}

/** @type {Map<string, WorldNetwork | string>} */
const known = new Map();
/**
 * The network of a world, or why there is none.
 * @param {World} world
 * @returns {WorldNetwork | string}
 */
export function networkIn(world) {
  const entry = computes ? entryOf(world) : undefined;
  if (!entry?.slots) return text(entry?.reason ?? 0) || "No run was computed for this world.";
  const key = String(entry.same ?? tables().worlds.indexOf(entry));
  const found = known.get(key) ?? compiled(entry);
  known.set(key, found);
  return typeof found === "string" ? found : { ...found, entry };
}

/** The first supply of each slot of the tables. */
const firstSupply = () => {
  const { width } = tables().slots;
  const first = [0];
  for (const count of width) first.push(first[first.length - 1] + count);
  return first;
};
/** @param {WorldData} entry @returns {WorldNetwork} */
function compiled(entry) {
  const slots = rowsOf("slots", entry);
  const first = firstSupply();
  const supplies = slots.flatMap((slot) => range(first[slot], first[slot + 1]));
  const network = compileNetwork(source(slots, supplies));
  const slotPlace = new Map(slots.map((slot, place) => [slot, place]));
  const supplyPlace = new Map(supplies.map((supply, place) => [supply, place]));
  return {
    network,
    slots,
    supplies,
    slotPlace,
    supplyPlace,
    entry,
    nodes: new Set(rowsOf("nodes", entry)),
    parts: parts(entry),
  };
}
/** @type {(start: number, end: number) => number[]} */
const range = (start, end) => Array.from({ length: end - start }, (_, place) => start + place);
/**
 * @param {number[]} slots
 * @param {number[]} supplies
 * @returns {NetworkSource}
 */
function source(slots, supplies) {
  const data = tables();
  const pick = (/** @type {number[]} */ column) => slots.map((slot) => column[slot]);
  const end = (/** @type {number} */ bound) => slots.map((slot) => data.intervals[data.slots.weight[slot]][bound]);
  const [atLeast, dispute] = [new Map(data.slots.atLeast), new Map(data.slots.dispute)];
  return {
    entities: data.nodes.length,
    hidden: data.hidden,
    own: data.own,
    slots: {
      owner: pick(data.slots.owner),
      need: pick(data.slots.need),
      mode: pick(data.slots.mode),
      width: pick(data.slots.width),
      low: end(0),
      point: end(1),
      high: end(2),
      atLeast: slots.map((slot) => atLeast.get(slot) ?? 0),
      dispute: dispute.size ? slots.map((slot) => dispute.get(slot) ?? -1) : [],
    },
    supplies: {
      provider: supplies.map((supply) => data.supplies.provider[supply]),
      share: supplies.map((supply) => data.supplies.share[supply]),
      unstated: supplies.map((supply) => data.supplies.unstated[supply]),
    },
  };
}
/** Parts and the companies that they belong to. @param {WorldData} entry @returns {[part: number, whole: number][]} */
const parts = (entry) => rowsOf("parts", entry).map((row) => [tables().parts.part[row], tables().parts.whole[row]]);
