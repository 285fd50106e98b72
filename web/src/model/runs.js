// The run that is shown: what each entity loses, through what, and by how many steps.
import { evidence, facts, raw, rows, text } from "./data.js";
import { sight } from "./sight.js";

// Losses below this are left out at first.
export const SMALL = 0.05;
// Entities of a step that are drawn, at most; the rest is folded.
const FOLD = raw.network?.fold ?? raw.cascade?.fold ?? 0;

/** @param {ImpactColumns} columns */
const readImpacts = (columns) =>
  rows(columns).map((i, index) => ({
    index,
    node: i.node,
    iri: text(i.entity),
    label: text(i.label),
    class: text(i.class),
    loss: i.loss,
    low: i.low,
    high: i.high,
    step: i.x,
    rank: i.y,
    cause: i.cause,
    dependency: i.binding.length ? text(i.binding[0]) : "",
    facts: i.binding.slice(1).map((f) => facts[f]),
    evidence: i.evidence.map((e) => evidence[e]),
    stance: text(i.stance),
    inferred: i.inferred.map(text),
    judged: i.judged.map(text),
    rests: text(i.rests),
    ungraded: Boolean(i.ungraded),
  }));
/** @type {Map<RunTable, ShownRun>} */
const known = new Map();
/** @param {RunTable} table */
export function readRun(table) {
  if (!known.has(table)) {
    /** @type {WorstPart[]} */
    const parts = (table.parts || []).map(([whole, part, label, loss]) => [whole, part, text(label), loss]);
    known.set(table, {
      run: table.run,
      impacts: readImpacts(table.impacts),
      shortages: table.shortages,
      parts,
      short: table.short || [],
    });
  }
  return /** @type {ShownRun} */ (known.get(table));
}

export let run = /** @type {Run} */ ({});
/** @type {Impact[]} */
export let impacts = [];
/** @type {ShortageRow[]} */
export let shortages = [];
// Why nothing is lost, where that needs a word.
export let silence = "";
/** @type {Map<number, Impact>} */
export let impactOf = new Map();
// Worst parts by company; needs that lose nothing, and for whom they fall short.
/** @type {WorstPart[]} */
export let parts = [];
/** @type {ShortNeed[]} */
export let short = [];
// What the finding rests on, beside the losses; none of a run that the page did not compute.
/** @type {Grounds | undefined} */
export let grounds;
// Where a shock cuts links only, no entity is at step 0.
export let firstStep = 0;
export let lastStep = 0;
/** @param {ShownRun} shown */
export function showRun(shown) {
  ({ run, impacts, shortages, parts = [], short = [], grounds, reason: silence = "" } = shown);
  impactOf = new Map(impacts.filter((i) => i.node >= 0).map((i) => [i.node, i]));
  lastStep = impacts.reduce((last, impact) => Math.max(last, impact.step), 0);
  firstStep = impacts.reduce((first, impact) => Math.min(first, impact.step), lastStep);
}
if (raw.cascade) showRun(readRun(raw.cascade));

/** The shock whose run is shown. */
export const shockName = () => String(run.shock_label || run.shock || "");

/**
 * From the shock to an entity: the row itself last. A cause is always at an earlier step, so this ends.
 * @param {Impact} impact
 * @param {Impact[]} [list]
 */
export function causalPath(impact, list = impacts) {
  const path = [impact];
  while (path[0].cause >= 0) path.unshift(list[path[0].cause]);
  return path;
}
// What the shock of the run hits itself, as far as it is drawn.
export const hits = () => impacts.filter((impact) => impact.cause < 0 && impact.node >= 0).map((impact) => impact.node);

/**
 * Whether a loss is shown; `small` lets in those below SMALL.
 * @param {Impact} impact
 * @param {boolean} small
 */
export const isLoud = (impact, small) =>
  (small || impact.loss >= SMALL) && (!sight.impacts || sight.impacts.has(impact.index));
/**
 * @param {number} step
 * @param {boolean} small
 */
const loudAt = (step, small) => impacts.filter((impact) => impact.step === step && isLoud(impact, small));
/**
 * Cards of a step: its greatest losses; the rest is folded.
 * @param {number} step
 * @param {boolean} small
 */
export const cards = (step, small) => loudAt(step, small).slice(0, FOLD);
/**
 * @param {number} step
 * @param {boolean} small
 */
export const folded = (step, small) => Math.max(0, loudAt(step, small).length - FOLD);
