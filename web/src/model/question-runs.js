// The run of a question in a world, why something cannot be asked there, and what the changes of a question save.
import { worldReason } from "./computed/losses.js";
import { computes, empty, shockRun } from "./computed/run.js";
import { canHit, leversOf, whatIf } from "./computed/what-if.js";
import { facts, nodes, raw } from "./data.js";
import { hitTarget, isWhatIf, questionLabel, shockAlone, withoutChanges } from "./question.js";
import { readRun } from "./runs.js";
import { isWhole } from "./world-filter.js";

const UNASKED = "Nothing is asked yet. Choose a shock, or select an entity and press “What if this fails?”.";

/**
 * @param {Asked | null} asked
 * @param {World} world
 * @returns {ShownRun} empty where nothing is asked; `reason` says why
 */
export function runOf(asked, world) {
  if (!asked) return empty("", UNASKED);
  const shock = shockAlone(asked);
  // Of another model there is only the run that the page opens on.
  if (!computes && shock === 0 && isWhole(world) && raw.cascade) return readRun(raw.cascade);
  if (!computes) return empty(questionLabel(asked), "No run was computed for this world.");
  if (shock >= 0) return shockRun(shock, world);
  const { hits = [], levers, shock: base } = asked;
  return whatIf({ label: questionLabel(asked), hits, levers, shock: base }, world);
}

/** Why an entity cannot be hit in a world; empty where it can. @type {(node: number, world: World) => string} */
export function entityRefusal(node, world) {
  if (!computes) return "This page was made with a model that runs on the command line only.";
  if (worldReason(world)) return worldReason(world);
  if (canHit({ node }, world)) return "";
  return "No dependency or supply that counts here names it, so its failure would reach nothing.";
}
/** Why a link cannot be hit in a world; empty where it can. @type {(fact: number, world: World) => string} */
export function linkRefusal(fact, world) {
  if (worldReason(world)) return worldReason(world);
  if (canHit({ fact }, world)) return "";
  return facts[fact].kind.family === "need"
    ? "It does not count in this network, so cutting it would change nothing."
    : "Harm does not travel along it: it is no dependency and no supply.";
}
/** What may be changed in a link in a world; null: nothing. @type {(fact: number, world: World) => LeverChoices | null} */
export const changesOf = (fact, world) => (computes ? leversOf(fact, world) : null);

/** @type {Loss} */
const NOTHING = { loss: 0, low: 0, high: 0 };
// Losses that differ by no more are the same.
const SAME = 5e-7;
/**
 * What the changes of a question save.
 * @param {Asked} asked
 * @param {World} world
 * @param {number} selected row of the selected entity, or -1
 * @returns {{ worst: Effect | null, selected: Effect | null, lost: [number, number], same: boolean, exactly: boolean }} `same`: at the best estimate; `exactly`: with the ranges
 */
export function effectOf(asked, world, selected) {
  const [before, after] = [runOf(withoutChanges(asked), world), runOf(asked, world)];
  const [was, is] = [before, after].map(({ impacts }) => new Map(impacts.map((impact) => [impact.iri, impact])));
  /** @type {(iri: string, label: string) => Effect} */
  const effect = (iri, label) => ({ label, before: was.get(iri) ?? NOTHING, after: is.get(iri) ?? NOTHING });
  const reached = before.impacts.filter((impact) => impact.step > 0);
  const worst = (reached.length ? reached : before.impacts).reduce(
    (/** @type {Impact | null} */ most, impact) => (most && most.loss >= impact.loss ? most : impact),
    null,
  );
  const chosen = selected >= 0 ? nodes[selected] : null;
  const names = new Set([...was.keys(), ...is.keys()]);
  /** @type {(ends: ("loss" | "low" | "high")[]) => boolean} */
  const alike = (ends) =>
    [...names].every((iri) =>
      ends.every((end) => Math.abs((was.get(iri) ?? NOTHING)[end] - (is.get(iri) ?? NOTHING)[end]) < SAME),
    );
  return {
    worst: worst && effect(worst.iri, worst.label),
    selected: chosen && chosen.iri !== worst?.iri ? effect(chosen.iri, chosen.label) : null,
    lost: [before.impacts.length, after.impacts.length],
    same: alike(["loss"]),
    exactly: alike(["loss", "low", "high"]),
  };
}

/**
 * What to know of a run of a question, in sentences: that it does nothing, or can do no more.
 * @param {Asked} asked
 * @param {ShownRun} shown
 */
export function remarks(asked, { impacts, reason }) {
  if (!isWhatIf(asked)) return [];
  const hits = asked.hits ?? [];
  const spared = hits.length > 0 && asked.shock === undefined && hits.every(({ severity }) => severity === 0);
  if (spared) return ["At 0% nothing happens: no entity loses anything."];
  if (reason && !impacts.length) return [reason];
  const reached = impacts.filter((impact) => impact.step > 0);
  if (hits.length && !reached.length) return ["It stops at what is hit: nothing that is known here depends on it."];
  const full = reached.length > 0 && reached.every((impact) => impact.loss >= 0.9995);
  return full ? ["Everything that it reaches loses all it can: a harder hit would change nothing more."] : [];
}
/** Whether a question hits an entity or a link itself. @type {(asked: Asked | null, hit: QuestionHit) => boolean} */
export const isHit = (asked, hit) => Boolean(asked?.hits?.some((other) => hitTarget(other) === hitTarget(hit)));
