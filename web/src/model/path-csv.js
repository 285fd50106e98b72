// Paths as a table for spreadsheets: a row for each link of each path.
import { nodes } from "./data.js";
import { csvText } from "./tables.js";

/**
 * @param {Path[]} paths
 * @param {boolean} harm whether the paths go as harm travels
 */
export function pathsCsv(paths, harm) {
  const head = ["Path", "Link", harm ? "From (harmed first)" : "From", "Relation", "To", "Criticality", "Sources"];
  const rows = paths.flatMap((path, number) =>
    path.hops.map((hop, place) => [
      number + 1,
      place + 1,
      nodes[hop.from].label,
      [...new Set(hop.lines.map((line) => (line.from === hop.from ? line.kind.label : line.kind.inverse)))].join("; "),
      nodes[hop.to].label,
      criticality(hop),
      sources(hop),
    ]),
  );
  return csvText([head, ...rows]);
}
/** @param {Hop} hop */
function criticality(hop) {
  const stated = hop.lines.flatMap((line) => line.facts.flatMap((fact) => fact.criticality ?? []));
  return stated.length ? Math.max(...stated) : "";
}
/** @param {Hop} hop */
const sources = (hop) =>
  [
    ...new Set(hop.lines.flatMap((line) => line.facts.flatMap((fact) => fact.evidence.map((e) => e.document.title)))),
  ].join("; ");
