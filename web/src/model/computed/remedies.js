// What would help an entity under a question: each single change on the way of the harm, a run each, as `mitigate` has them.
import { facts } from "../data.js";
import { percent } from "../format.js";
import { leontief } from "../engine/leontief.js";
import { NONE } from "../engine/network.js";
import { initialLosses } from "../engine/rounds.js";
import { Variants } from "../engine/variants.js";
import { leastShare } from "./halving.js";
import { tables } from "./networks.js";
import { obstaclesOf } from "./obstacles.js";
import { shockResult } from "./run.js";
import { nodesBehind } from "./single-failures.js";
import { CausalTrace } from "./trace.js";
import { changed, placeOfNode, questionResult, supplySlotOf } from "./what-if.js";

/** The shares of a second source that are tried beside the one that halves the loss. */
export const SHARES = [0.3, 0.5, 1];
// The most needs on the way that are changed, the nearest first; the most pairs of second sources; the rounding of a loss.
const [MOST, PAIRS, ROUNDING] = [1000, 500, 1e-9];
// By how much a criticality that is a number is lowered, as in graph/knockon/analysis/mitigate.
const STEP = 0.25;
const HALF = 0.5;
// The flag of records that add details only, as in trace.js.
const DETAILS = 4;

/** @typedef {{ world: WorldNetwork, shock: ShockCase, result: EngineResult }} Computed */
/** @typedef {{ computed: Computed, variants: Variants, place: number, before: Loss, hit: InitialLosses }} Search */

/**
 * The result of what is asked without its changes, or why there is none.
 * @param {Asked} asked
 * @param {World} world
 */
export function unchangedResult({ shock, hits = [] }, world) {
  if (shock !== undefined && !hits.length) return shockResult(shock, world);
  return questionResult({ label: "", hits, ...(shock === undefined ? {} : { shock }) }, world);
}
/**
 * The changes that would help an entity, the best first; yields what part of the work is done after each run.
 * @param {Computed} computed
 * @param {number} node
 * @returns {Generator<number, Remedies | null>} null where it loses nothing
 */
export function* remediesOf(computed, node) {
  const { world, shock, result } = computed;
  const place = placeOfNode(node);
  if (place === undefined || !(result.loss[place] > 0)) return null;
  const before = { loss: result.loss[place], low: result.low[place], high: result.high[place] };
  const variants = new Variants(world.network, shock.targets, place, tables().stopping);
  const hit = initialLosses(world.network, shock.targets, 1);
  const search = { computed, variants, place, before, hit };
  const near = slotsOnWay(world.network, result, place);
  const slots = near.slice(0, MOST).sort((a, b) => a - b);
  const sourced = slots.filter((slot) => !(hit.slot[slot] > 0));
  const found = yield* singleSources(search, sourced);
  const weaker = yield* lessNeeded(search, slots);
  const others = yield* alternatives(search, slots);
  const halving = found.filter(({ halving: least }) => least);
  const pairs = halving.length ? { tried: 0, of: 0, found: [] } : yield* halvingPairs(search, sourced);
  const trace = new CausalTrace(world, result, shock.targets, shock.stance);
  return {
    before,
    onWay: near.length,
    tried: slots.length,
    sources: found.sort(
      (a, b) => a.shares[1].loss - b.shares[1].loss || a.shares[2].loss - b.shares[2].loss || a.slot - b.slot,
    ),
    changes: [...weaker, ...others].sort((a, b) => a.loss - b.loss || a.slot - b.slot),
    pairs,
    obstacles: obstaclesHere(obstaclesOf(trace, hit, place), world),
  };
}
/** What stands in the way, with rows of the page. @type {(found: ReturnType<typeof obstaclesOf>, world: WorldNetwork) => Remedies["obstacles"]} */
const obstaclesHere = ({ itself, slots, ties }, world) => ({
  itself,
  slots,
  hit: slots.map((slot) => about(world, slot).fact),
  ties: ties.map((tie) => ({ ...tie, node: tables().nodes[world.network.entity[tie.node]] })),
});
/**
 * The slots through which the harm may reach a node, the nearest first: it depends on their owners, and they are short.
 * Changes are changes of dependencies: slots of provisions, and those that join parts, stay as they are.
 * @param {EngineNetwork} network
 * @param {EngineResult} result
 * @param {number} place
 */
function slotsOnWay(network, { shortage }, place) {
  const { slotStart, need } = network;
  const isWay = (/** @type {number} */ slot) => need[slot] !== NONE && shortage[slot] > 0 && !joinsParts(network, slot);
  return nodesBehind(place, network).flatMap((owner) =>
    Array.from({ length: slotStart[owner + 1] - slotStart[owner] }, (_, row) => slotStart[owner] + row).filter(isWay),
  );
}
/** Whether a slot only joins hidden nodes of its owner. @param {EngineNetwork} network @param {number} slot */
function joinsParts({ entities, entity, slotOwner, need, supplyStart, provider }, slot) {
  const owner = entity[slotOwner[slot]];
  const behind = [need[slot], ...provider.subarray(supplyStart[slot], supplyStart[slot + 1])];
  return behind.some((node) => node >= entities && entity[node] === owner);
}

/**
 * A second source for each need: what it leaves at some shares, and the least share that halves the loss.
 * @param {Search} search
 * @param {number[]} slots
 * @returns {Generator<number, SourceRemedy[]>} those that save something
 */
function* singleSources({ computed, variants, before }, slots) {
  /** @type {SourceRemedy[]} */
  const found = [];
  for (const [row, slot] of slots.entries()) {
    const whole = variants.at([variants.source(slot, 1)], 1);
    yield (0.8 * row) / slots.length;
    if (whole >= before.loss - ROUNDING) continue;
    const losses = (/** @type {number} */ share) => ({ share, ...variants.losses([variants.source(slot, share)]) });
    const shares = SHARES.map(losses);
    yield (0.8 * row) / slots.length;
    const halves = whole <= before.loss * HALF + ROUNDING;
    const least = halves ? leastShare(variants, [slot], before.loss) : 0;
    found.push({ slot, ...about(computed.world, slot), shares, halving: least ? losses(least) : null });
    yield (0.8 * (row + 1)) / slots.length;
  }
  return found;
}
/**
 * Two second sources at one share, where none alone halves the loss.
 * @param {Search} search
 * @param {number[]} slots
 * @returns {Generator<number, Remedies["pairs"]>}
 */
function* halvingPairs({ computed, variants, before }, slots) {
  /** @type {Remedies["pairs"]["found"]} */
  const found = [];
  const of = (slots.length * (slots.length - 1)) / 2;
  let tried = 0;
  for (const pair of pairsOf(slots)) {
    if (tried === PAIRS) break;
    tried += 1;
    yield 0.9 + (0.1 * tried) / Math.min(of, PAIRS);
    const changes = (/** @type {number} */ share) => pair.map((slot) => variants.source(slot, share));
    if (variants.at(changes(1), 1) > before.loss * HALF + ROUNDING) continue;
    const share = leastShare(variants, pair, before.loss);
    found.push({
      share,
      ...variants.losses(changes(share)),
      slots: pair,
      needs: pair.map((slot) => about(computed.world, slot)),
    });
  }
  return { tried, of, found: found.sort((a, b) => a.share - b.share) };
}
/** @param {number[]} slots @returns {Generator<number[]>} */
function* pairsOf(slots) {
  for (const [row, one] of slots.entries()) for (const other of slots.slice(row + 1)) yield [one, other];
}

/**
 * A criticality one word lower, or lower by a step where it is a number.
 * @param {Search} search
 * @param {number[]} slots
 * @returns {Generator<number, ChangeRemedy[]>} those that save something
 */
function* lessNeeded({ computed: { world }, variants, before }, slots) {
  /** @type {ChangeRemedy[]} */
  const found = [];
  for (const [row, slot] of slots.entries()) {
    const link = about(world, slot);
    const lower = link.fact < 0 ? null : lowered(world, slot);
    if (!lower) continue;
    if (variants.at([{ slot, weight: lower.weight }], 1) < before.loss - ROUNDING)
      found.push({
        slot,
        ...link,
        lever: { fact: link.fact, criticality: lower.weight },
        words: lower.words,
        ...variants.losses([{ slot, weight: lower.weight }]),
      });
    yield 0.8 + (0.1 * row) / slots.length;
  }
  return found;
}
/**
 * @param {WorldNetwork} world
 * @param {number} slot
 * @returns {{ weight: [number, number, number], words: [from: string, to: string] } | null} null where none is lower
 */
function lowered({ network: { weights }, slots }, slot) {
  const rows = tables().slots.records[slots[slot]] ?? [];
  const stating = rows.filter((record) => !(tables().records.flags[record] & DETAILS));
  const stated = (stating.length ? stating : rows).map(factOf);
  // A portion is a part of a whole, which nobody can need less.
  if (stated.some((fact) => !fact || noteOf(fact, "portion"))) return null;
  const each = stated.map((fact) => lowerOf(/** @type {Fact} */ (fact)));
  const end = (/** @type {number} */ bound) => each.map(({ weight }) => weight[bound]);
  /** @type {[number, number, number]} */
  const weight = [Math.min(...end(0)), Math.max(...end(1)), Math.max(...end(2))];
  if (weight.every((value, bound) => value === weights[bound][slot])) return null;
  return { weight, words: new Set(each.map(({ words }) => words.join())).size === 1 ? each[0].words : ["", ""] };
}
/** The fact of a record of a dependency, where it is drawn. @param {number} record */
const factOf = (record) =>
  tables()
    .records.facts[record].map((row) => facts[row])
    .find(({ kind }) => kind.key === "dependsOn");
/** @param {Fact} fact @param {string} name */
const noteOf = ({ notes }, name) => notes.find(([note]) => note === name)?.[1] ?? "";
/**
 * The criticality of a record one word lower; a number is lower by a step, and one that is not given counts as a word.
 * @param {Fact} fact
 * @returns {{ weight: [number, number, number], words: [from: string, to: string] }}
 */
function lowerOf(fact) {
  const value = noteOf(fact, "criticality value");
  const less = Math.max(0, Number(value) - STEP);
  if (value) return { weight: [less, less, less], words: [percent(Number(value)), percent(less)] };
  const { levels } = tables().words;
  const word = noteOf(fact, "criticality");
  const level = levels.find(([name]) => name === word) ?? levels[levels.length - 1];
  const [to, low, point, high] = levels.find(([name]) => name === level[4]) ?? level;
  return { weight: [low, point, high], words: [level[0], to] };
}

/**
 * Each supplier that the records name as an alternative: beside the suppliers of now, and in place of each that loses.
 * @param {Search} search
 * @param {number[]} slots
 * @returns {Generator<number, ChangeRemedy[]>} those that save something
 */
function* alternatives(search, slots) {
  /** @type {ChangeRemedy[]} */
  const found = [];
  const { world, shock } = search.computed;
  for (const slot of slots)
    for (const lever of namedLevers(search, slot)) {
      const after = changed(world, [lever]);
      const targets = shock.targets.map((hit) =>
        hit.kind === "supply"
          ? { ...hit, index: /** @type {number} */ (after.supplyPlace.get(world.supplies[hit.index])) }
          : hit,
      );
      const { loss, low, high } = leontief(after.network, targets, tables().stopping);
      const left = { loss: loss[search.place], low: low[search.place], high: high[search.place] };
      if (left.loss < search.before.loss - ROUNDING)
        found.push({ slot, ...about(world, slot), lever, words: ["", ""], ...left });
      yield 0.9;
    }
  return found;
}
/** @param {Search} search @param {number} slot @returns {Generator<QuestionLever>} */
function* namedLevers({ computed: { world, result }, hit }, slot) {
  const { fact } = about(world, slot);
  const acting = fact < 0 ? -1 : supplySlotOf(world, slot);
  const named = acting < 0 ? [] : alternativesOf(world, slot, acting !== slot);
  if (!named.length) return;
  const { supplyStart, provider, need } = world.network;
  const supplies = Array.from(
    { length: supplyStart[acting + 1] - supplyStart[acting] },
    (_, row) => supplyStart[acting] + row,
  );
  const now = new Set(supplies.map((supply) => provider[supply]));
  for (const supplier of named) {
    const place = placeOfNode(supplier);
    // One that rests on the need itself cannot provide it.
    const restsOnIt = place !== undefined && acting !== slot && nodesBehind(place, world.network).includes(need[slot]);
    if (place === undefined || now.has(place) || restsOnIt) continue;
    yield { fact, supplier, share: null };
    for (const supply of supplies) {
      const instead = tables().nodes[provider[supply]] ?? -1;
      if (instead >= 0 && Math.max(result.loss[provider[supply]], hit.supply[supply]) > 0)
        yield { fact, supplier, instead };
    }
  }
}
/**
 * Rows of the page of those that the records of a slot name as alternatives; of one whose need others provide to everyone, those
 * that any record of a dependency on it names.
 * @param {WorldNetwork} world
 * @param {number} slot
 * @param {boolean} everyone
 */
function alternativesOf({ network, slots }, slot, everyone) {
  const { slots: all, alternatives: named } = tables();
  const known = new Map(named);
  const alike = everyone ? [...slots.keys()].filter((other) => network.need[other] === network.need[slot]) : [slot];
  return [...new Set(alike.flatMap((other) => all.records[slots[other]].flatMap((record) => known.get(record) ?? [])))];
}

/** What a slot is to the reader: rows of its fact (-1: not drawn) and of its two ends. @param {WorldNetwork} world @param {number} slot */
function about({ network, slots }, slot) {
  const records = tables().slots.records[slots[slot]] ?? [];
  const fact = records.map(factOf).find((one) => one);
  const row = (/** @type {number} */ node) => tables().nodes[network.entity[node]];
  return { fact: fact?.index ?? -1, dependant: row(network.slotOwner[slot]), need: row(network.need[slot]) };
}
