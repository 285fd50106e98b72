// Two runs side by side: two questions in the world that is on, one in this world and in all sources, or one without its
// changes and with them.
// The losses are the engine's; here they are only set against each other, as knockon compare does.
import { computes } from "./computed/run.js";
import { raw } from "./data.js";
import { questionLabel, withoutChanges } from "./question.js";
import { runOf } from "./question-runs.js";
import { isListed } from "./sight.js";
import { csvText, inOrder } from "./tables.js";
import { WHOLE } from "./world-filter.js";
import { hasWorlds, worldName } from "./worlds.js";

// Losses that differ by no more are the same: they travel with six decimals.
const SAME = 5e-7;

export const comparable = () => computes || (Boolean(raw.cascade) && hasWorlds);
/**
 * What can be set side by side now.
 * @param {Pick<PageState, "question">} state
 * @returns {CompareMode[]}
 */
export const compareModes = ({ question }) => [
  ...(computes ? [/** @type {const} */ ("shocks")] : []),
  ...(question?.levers?.length ? [/** @type {const} */ ("changes")] : []),
  ...(hasWorlds ? [/** @type {const} */ ("worlds")] : []),
];
/** @param {Pick<PageState, "compare" | "question">} state @returns {CompareMode} */
export function compareMode(state) {
  const modes = compareModes(state);
  return modes.includes(state.compare) ? state.compare : (modes[0] ?? "shocks");
}
/**
 * @param {Pick<PageState, "compare" | "world" | "question" | "against">} state
 * @returns {Side[]}
 */
export function sides(state) {
  const { question, against, world } = state;
  /** @type {(asked: Asked | null, in_: World, name: string) => Side} */
  const side = (asked, in_, name) => ({ ...runOf(asked, in_), name });
  switch (compareMode(state)) {
    case "worlds":
      return [side(question, WHOLE, worldName(WHOLE)), side(question, world, worldName(world))];
    case "changes":
      return [
        side(
          question && withoutChanges(question),
          world,
          `Before: ${questionLabel(question && withoutChanges(question))}`,
        ),
        side(question, world, `After: ${questionLabel(question)}`),
      ];
    default:
      return [side(question, world, questionLabel(question)), side(against, world, questionLabel(against))];
  }
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
  "Question A",
  "Question B",
];
/** @param {number} value */
const exact = (value) => Math.round(value * 1e6) / 1e6;
/** @param {Loss} loss */
const three = ({ loss, low, high }) => [loss, low, high];
/** @param {PageState} state */
export function comparisonCsv(state) {
  const both = sides(state);
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
    both[0].name,
    both[1].name,
  ];
  return csvText([
    CSV,
    ...sortedComparison(
      compared(both).filter(({ node }) => isListed(node)),
      state.sort.compare,
      state.onlyDifferent,
    ).map(cells),
  ]);
}
