// A line of the map in words: who needs what, how much, and where it is written.
import { nodes } from "./data.js";
import { day, plural } from "./format.js";

// What says how strong a link is, in the order in which it is said.
const MEASURES = ["criticality", "criticality value", "portion", "share", "share low", "share high"];
/** @param {Fact} fact */
const measures = (fact) =>
  MEASURES.flatMap((name) => fact.notes.filter(([key]) => key === name).map(([, value]) => [name, value]));

/**
 * The relation, with its strength where one record states it: "depends on · high".
 * @param {Link} line
 */
export function shortWords(line) {
  const [[, value] = []] = line.facts.length === 1 ? measures(line.facts[0]) : [];
  return value ? `${line.kind.label} · ${value}` : line.kind.label;
}
/** @param {Link} line */
export const lineTitle = (line) => `${nodes[line.from].label} ${line.kind.label} ${nodes[line.to].label}`;
/**
 * What each record of a line says, one after the other.
 * @param {Link} line
 */
export function lineDetails(line) {
  const most = 3;
  const lines = line.facts.slice(0, most).map((fact) => {
    const words = measures(fact).map(([name, value]) => `${name} ${value}`);
    const client = fact.usedBy >= 0 && fact.usedBy !== line.from ? [`for ${nodes[fact.usedBy].label}`] : [];
    return [...client, ...words, fact.inferred ? "inferred" : "", sourceOf(fact)].filter(Boolean).join(" · ");
  });
  const rest = line.facts.length - most;
  return rest > 0 ? [...lines, `and ${plural(rest, "more record", "more records")}`] : lines;
}
/** @param {Fact} fact */
function sourceOf({ evidence }) {
  if (!evidence.length) return "no source cited";
  const { title, issued } = evidence[0].document;
  const more = new Set(evidence.map((item) => item.document)).size - 1;
  return `${title}${issued ? `, ${day(issued)}` : ""}${more > 0 ? ` and ${plural(more, "more", "more")}` : ""}`;
}
