// What the map or the cascade shows, as a table: to sort, to read aloud and to take along.
import { nodes } from "./data.js";
import { range, percent } from "./format.js";
import { degree } from "./graph.js";
import { impacts, isLoud, shockName } from "./runs.js";
import { isListed } from "./sight.js";
import { textCell } from "./text.js";

// The order of each table at first: a column, and whether the greatest comes first.
export const FIRST_ORDER = { map: { column: 2, down: true }, cascade: { column: 1, down: false } };
export const COLUMNS = 7;

/**
 * A row has its cells, the key of its entity, and the row of what it opens: of an entity, or of an impact.
 * @param {number[]} ids
 */
function mapTable(ids) {
  /**
   * A supplier is needed as well, though by way of what it supplies.
   * @param {number} id
   * @param {"from" | "to"} end
   */
  const needs = (id, end) => nodes[id].edges.filter((edge) => edge.kind.family === "need" && edge[end] === id).length;
  return {
    columns: ["Entity", "Class", "Links", "Depends on", "Needed by", "Facts", "Sources"],
    rows: ids.filter(isListed).map((id) => {
      const sources = new Set(nodes[id].facts.flatMap((fact) => fact.evidence.map((e) => e.document)));
      const cells = [
        nodes[id].label,
        nodes[id].class.label,
        degree(id),
        needs(id, "from"),
        needs(id, "to"),
        nodes[id].facts.length,
        sources.size,
      ];
      return { node: id, impact: -1, key: nodes[id].iri, class: nodes[id].class, cells };
    }),
  };
}
/** @param {Impact} impact */
const cited = (impact) =>
  [
    ...new Set([...impact.facts.flatMap((fact) => fact.evidence), ...impact.evidence].map((e) => e.document.title)),
  ].join("; ");
/** @param {Impact} impact */
function via(impact) {
  if (impact.cause >= 0) return impacts[impact.cause].label;
  return impact.dependency && impact.facts[0]?.ends.length === 2 ? nodes[impact.facts[0].ends[1]].label : "the shock";
}
/** @param {Pick<PageState, "step" | "only" | "small">} options */
function cascadeTable({ step, only, small }) {
  const shown = impacts.filter(
    (impact) =>
      (only < 0 ? impact.step <= step : impact.step === only) && isLoud(impact, small) && isListed(impact.node),
  );
  return {
    columns: ["Entity", "Step", "Via", "Loss", "Range", "Sources", "Rests on"],
    // For spreadsheets: every number in a column of its own, from 0 to 1.
    saved: ["Entity", "IRI", "Class", "Step", "Via", "Loss", "Low", "High", "Sources", "Rests on", "Question"],
    rows: shown.map((impact) => ({
      node: impact.node,
      impact: impact.index,
      key: impact.iri,
      class: impact.node >= 0 ? nodes[impact.node].class : null,
      cells: [
        impact.label,
        impact.step,
        via(impact),
        impact.loss,
        range(impact) || percent(impact.loss),
        cited(impact),
        impact.rests,
      ],
      saved: [
        impact.label,
        impact.iri,
        impact.class,
        impact.step,
        via(impact),
        impact.loss,
        impact.low,
        impact.high,
        cited(impact),
        impact.rests,
        shockName(),
      ],
    })),
  };
}
/**
 * The table of a view; of the map it lists these entities.
 * @param {Pick<PageState, "view" | "step" | "only" | "small">} state
 * @param {number[]} ids
 */
export const tableOf = (state, ids) => (state.view === "cascade" ? cascadeTable(state) : mapTable(ids));

/**
 * The order of two cells: numbers by size, text as in English.
 * @param {string | number} a
 * @param {string | number} b
 */
export const inOrder = (a, b) =>
  typeof a === "number" && typeof b === "number"
    ? Number(a > b) - Number(a < b)
    : String(a).localeCompare(String(b), "en");
/**
 * @param {Table} table
 * @param {Order} order
 */
export const sortedRows = (table, { column, down }) =>
  table.rows.toSorted((a, b) => (down ? -1 : 1) * inOrder(a.cells[column], b.cells[column]));

/** @param {string | number} value */
const csvCell = (value) => `"${(typeof value === "number" ? String(value) : textCell(value)).replaceAll('"', '""')}"`;
/** @param {(string | number)[][]} lines */
export const csvText = (lines) => lines.map((cells) => cells.map(csvCell).join(",")).join("\r\n");
/**
 * @param {Table} table
 * @param {Order} order
 */
export const tableCsv = (table, order) =>
  csvText([table.saved ?? table.columns, ...sortedRows(table, order).map((row) => row.saved ?? row.cells)]);
