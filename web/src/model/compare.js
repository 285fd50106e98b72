// Two runs side by side: two shocks in the world that is on, or one shock in this world and in all sources.
// The losses are the engine's; here they are only set against each other, as knockon compare does.
import { raw } from "./data.js";
import { csvText, inOrder } from "./tables.js";
import { WHOLE } from "./world-filter.js";
import { hasWorlds, runIn, secondShock, worldName } from "./worlds.js";

// Losses that differ by no more are the same: they travel with six decimals.
const SAME = 5e-7;

export const hasTwoShocks = () => Boolean(secondShock());
export const comparable = () => Boolean(raw.cascade) && (hasTwoShocks() || hasWorlds);
/** @param {Pick<PageState, "compare">} state */
export const compareMode = (state) => (hasTwoShocks() && state.compare === "shocks" ? "shocks" : "worlds");
/** @param {Pick<PageState, "compare" | "world">} state */
export function sides(state) {
  if (compareMode(state) === "shocks") {
    const [first, second] = [runIn(state.world), runIn(state.world, true)];
    return [
      { ...first, name: String(first.run.shock_label || "Shock") },
      { ...second, name: secondShock() },
    ];
  }
  return [
    { ...runIn(WHOLE), name: worldName(WHOLE) },
    { ...runIn(state.world), name: worldName(state.world) },
  ];
}

/**
 * 1 for the greatest loss; equal losses share a rank.
 * @param {Pick<Impact, "iri" | "loss">[]} impacts
 */
export function ranks(impacts) {
  const ranked = new Map();
  let [rank, last] = [0, Infinity];
  impacts
    .toSorted((a, b) => b.loss - a.loss)
    .forEach((impact, place) => {
      if (last - impact.loss > SAME) [rank, last] = [place + 1, impact.loss];
      ranked.set(impact.iri, rank);
    });
  return ranked;
}
const NOTHING = { loss: 0, low: 0, high: 0 };
/**
 * One row an entity that loses in either.
 * @param {Pick<ShownRun, "impacts">[]} options
 */
export function compared([first, second]) {
  const [one, two] = [first, second].map((side) => new Map(side.impacts.map((impact) => [impact.iri, impact])));
  const [rankOne, rankTwo] = [ranks(first.impacts), ranks(second.impacts)];
  return [...new Set([...one.keys(), ...two.keys()])].map((iri) => {
    const [a, b] = [one.get(iri), two.get(iri)];
    const either = /** @type {Impact} */ (a ?? b);
    const [from, to] = [a || NOTHING, b || NOTHING];
    const difference = to.loss - from.loss;
    return {
      iri,
      a,
      b,
      from,
      to,
      label: either.label,
      node: either.node,
      class: either.class,
      difference: Math.abs(difference) > SAME ? difference : 0,
      low: to.low - from.high,
      high: to.high - from.low,
      overlap: to.low <= from.high && from.low <= to.high,
      rankA: rankOne.get(iri) ?? null,
      rankB: rankTwo.get(iri) ?? null,
    };
  });
}
/**
 * By how many ranks an entity is higher in the second run; null where it is in one only.
 * @param {ComparedRow} row
 */
export const climb = (row) => (row.rankA !== null && row.rankB !== null ? row.rankA - row.rankB : null);
/** @type {Record<CompareColumn, (row: ComparedRow) => string | number>} */
const VALUES = {
  entity: (row) => row.label,
  a: (row) => row.from.loss,
  b: (row) => row.to.loss,
  difference: (row) => Math.abs(row.difference),
  step: (row) => Math.min(row.a?.step ?? Infinity, row.b?.step ?? Infinity),
  rank: (row) => climb(row) ?? -Infinity,
};
/**
 * @param {ComparedRow} a
 * @param {ComparedRow} b
 */
const byLoss = (a, b) =>
  Math.max(b.from.loss, b.to.loss) - Math.max(a.from.loss, a.to.loss) || (a.iri < b.iri ? -1 : 1);
/**
 * @param {ComparedRow[]} rows
 * @param {Order<CompareColumn>} order
 * @param {boolean} onlyDifferent
 */
export function sortedComparison(rows, { column, down }, onlyDifferent) {
  const value = VALUES[column];
  const sign = down ? -1 : 1;
  return rows
    .filter((row) => !onlyDifferent || row.difference)
    .toSorted((a, b) => sign * inOrder(value(a), value(b)) || byLoss(a, b));
}
/**
 * How many entities lose in one only, and how sure it is of the others which side is worse: each is counted once.
 * @param {ComparedRow[]} rows
 * @returns {[number, string][]}
 */
export function comparisonCounts(rows) {
  const both = rows.filter((row) => row.a && row.b);
  /** @param {(row: ComparedRow) => boolean} rule */
  const of = (rule) => both.filter(rule).length;
  return [
    [rows.filter((row) => row.a && !row.b).length, "only in A"],
    [rows.filter((row) => row.b && !row.a).length, "only in B"],
    [of((row) => !row.overlap && row.difference > 0), "surely more in B"],
    [of((row) => !row.overlap && row.difference < 0), "surely less in B"],
    [of((row) => row.overlap), "in both, ranges overlap"],
  ];
}

const CSV = [
  "Entity",
  "Class",
  "Loss A",
  "Low A",
  "High A",
  "Loss B",
  "Low B",
  "High B",
  "Difference",
  "Difference low",
  "Difference high",
  "Step A",
  "Step B",
  "Rank A",
  "Rank B",
  "Rank change",
];
/** @param {number} value */
const exact = (value) => Math.round(value * 1e6) / 1e6;
/** @param {Loss} loss */
const three = ({ loss, low, high }) => [loss, low, high];
/** @param {PageState} state */
export function comparisonCsv(state) {
  /** @param {ComparedRow} row */
  const cells = (row) => [
    row.label,
    row.class,
    ...three(row.from),
    ...three(row.to),
    exact(row.difference),
    exact(row.low),
    exact(row.high),
    row.a?.step ?? "",
    row.b?.step ?? "",
    row.rankA ?? "",
    row.rankB ?? "",
    climb(row) ?? "",
  ];
  return csvText([
    CSV,
    ...sortedComparison(compared(sides(state)), state.sort.compare, state.onlyDifferent).map(cells),
  ]);
}
