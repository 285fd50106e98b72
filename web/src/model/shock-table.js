// Every shock of the data set on the entities that lose: how far each reaches, and which entities a table of them has.
// Some hundred shocks of a large graph take seconds, so they are computed one after another, while the page goes on.
import { shockLosses } from "./computed/losses.js";
import { worldKey } from "./computed/run.js";
import { shocks } from "./computed/shocks.js";
import { nodes } from "./data.js";
import { plain } from "./search.js";
import { isListed, sight } from "./sight.js";
import { csvText } from "./tables.js";

/** How many rows and columns a table has at first, and how many more on request. */
export const ROWS = 60;
export const COLUMNS = 24;

/** @type {Map<string, ShockTable>} */
const known = new Map();
/** The table of a world, as far as it is computed. @param {World} world @returns {ShockTable} */
export function shockTable(world) {
  const key = worldKey(world);
  const table = known.get(key) ?? { world, found: [] };
  // One world at a time: a table of a large graph is large.
  known.clear();
  known.set(key, table);
  return table;
}
/** @param {ShockTable} table */
export const isComplete = ({ found }) => found.length >= shocks.length;
/** Compute the next shock of a table. @param {ShockTable} table */
export function computeNext({ found, world }) {
  if (found.length < shocks.length) found.push(shockLosses(found.length, world));
}
/** What an entity loses by a shock. @type {(table: ShockTable, shock: number, node: number) => Loss | undefined} */
export const lossOf = ({ found }, shock, node) => found[shock]?.losses.get(node);

/**
 * The shocks that are computed: those that reach furthest first. Of a list only what it loses counts.
 * @param {ShockTable} table
 * @param {Iterable<number> | null} [list]
 * @returns {ShockReach[]}
 */
export function byReach({ found }, list = null) {
  return found
    .map((shock, index) => ({ shock: shocks[index], ...(list ? reachAmong(shock, list) : reach(shock)) }))
    .sort((a, b) => b.affected - a.affected || b.worst - a.worst || a.shock.index - b.shock.index);
}
/** @param {RunLosses} found */
const reach = ({ affected, worst, losses }) => ({ affected, worst: losses.get(worst)?.loss ?? 0 });
/** @type {(found: RunLosses, list: Iterable<number>) => { affected: number, worst: number }} */
function reachAmong({ losses, hit }, list) {
  const lost = [...list].filter((node) => losses.has(node));
  const beyond = lost.filter((node) => !hit.has(node)).map((node) => losses.get(node)?.loss ?? 0);
  return { affected: lost.length, worst: Math.max(0, ...beyond) };
}
/**
 * The shocks whose label or status has every word.
 * @param {ShockReach[]} rows
 * @param {string} query
 */
export function matching(rows, query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return rows.filter(({ shock }) => {
    const text = plain(`${shock.label} ${shock.status} ${shock.iri.split(/[/#:]/).at(-1) ?? ""}`);
    return words.every((word) => text.includes(word));
  });
}
/** The same by the loss of one entity, those that harm it most first. @type {(table: ShockTable, rows: ShockReach[], node: number) => ShockReach[]} */
export const byLossOf = (table, rows, node) =>
  rows.toSorted(
    (a, b) => (lossOf(table, b.shock.index, node)?.loss ?? 0) - (lossOf(table, a.shock.index, node)?.loss ?? 0),
  );

/**
 * The entities that lose under some shock: by their greatest loss, or by how often they lose. Where only a list is shown it is
 * those on it, and at the end what loses nothing.
 * @param {ShockTable} table
 * @param {PageState["columns"]} order
 */
export function entitiesOf(table, order) {
  const losing = losingEntities(table, order).filter(isListed);
  const rest = [...(sight.list ?? [])].filter((node) => nodes[node].inWorld && !losing.includes(node));
  return [...losing, ...rest];
}
/** @type {(table: ShockTable, order: PageState["columns"]) => number[]} */
export function losingEntities(table, order) {
  /** @type {Map<number, { worst: number, sum: number, often: number }>} */
  const found = new Map();
  for (const { losses } of table.found)
    for (const [node, { loss }] of losses) {
      const entry = found.get(node) ?? { worst: 0, sum: 0, often: 0 };
      found.set(node, {
        worst: Math.max(entry.worst, loss),
        sum: entry.sum + loss,
        often: entry.often + Number(loss > 0),
      });
    }
  // Of equal ones the sum of the losses decides: what many shocks harm a little comes after what they harm much.
  return [...found]
    .sort(([a, one], [b, other]) =>
      order === "most"
        ? other.worst - one.worst || other.sum - one.sum || a - b
        : other.often - one.often || other.sum - one.sum || a - b,
    )
    .map(([node]) => node);
}

/**
 * The table as CSV: every shock that is computed on every entity that loses, or on those of the list.
 * @param {ShockTable} table
 * @param {number[]} entities
 */
export function shocksCsv(table, entities) {
  const exact = (/** @type {number} */ value) => Math.round(value * 1e6) / 1e6;
  const head = [
    "Shock",
    "IRI",
    "Status",
    "Entities that lose",
    "Worst beyond the hit",
    "Entity",
    "Entity IRI",
    "Loss",
    "Low",
    "High",
  ];
  const lines = byReach(table).flatMap(({ shock, affected, worst }) =>
    entities.flatMap((node) => {
      const lost = lossOf(table, shock.index, node);
      const about = [shock.label, shock.iri, shock.status, affected, exact(worst)];
      const { label, iri } = nodes[node];
      return lost ? [[...about, label, iri, exact(lost.loss), exact(lost.low), exact(lost.high)]] : [];
    }),
  );
  return csvText([head, ...lines]);
}
