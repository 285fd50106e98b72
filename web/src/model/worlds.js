// Worlds: all sources, one document alone, or what held on one day.
import { documents, facts, nodes, raw } from "./data.js";
import { count, day as written } from "./format.js";
import { isWhole, present } from "./world-filter.js";

// Rows of the documents, and the days, that have a world on this page.
export const offered = raw.members.map((members) => members.document);
export const days = raw.days.stop;
export const hasWorlds = offered.length > 0 || days.length > 1;

/** @param {World} world */
export const worldName = ({ document, day }) =>
  document >= 0 ? documents[document].title : day ? `As of ${written(day)}` : "All sources";

/** @param {Fact[]} list */
const undated = (list) => list.filter((fact) => !fact.since && !fact.until).length;
/**
 * What the world that is on has of the whole.
 * @param {World} world
 */
export function worldNotice(world) {
  if (isWhole(world)) return "";
  const has = present();
  const bare = has.nodes.filter((node) => node.bare).length;
  const shares = `${count(has.nodes.length)} of ${count(nodes.length)} entities, ${count(has.facts.length)} of ${count(facts.length)} facts`;
  if (world.document >= 0)
    return `${shares} are in this document${bare ? `; ${count(bare)} entities it only names` : ""}`;
  return `${shares} hold on this day, ${count(undated(has.facts))} of them without dates, taken to hold always`;
}
