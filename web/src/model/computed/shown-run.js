// A run that the page computed, as it shows runs: what present/page/cascade.py makes of one that Python computed.
import { evidence, facts, iri, text } from "../data.js";
import { NONE } from "../engine/network.js";
import { entityOf as named } from "./entities.js";
import { groundsOf } from "./grounds.js";
import { caveatsOf, restsOn } from "./caveats.js";
import { tables } from "./networks.js";
import { CausalTrace } from "./trace.js";

// Losses that are equal to this many digits are equal: the difference is rounding. They are shown with six.
const [EQUAL, SHOWN] = [9, 6];

/** As Python rounds: the exact value, and halves to even. @type {(value: number, digits: number) => number} */
export function rounded(value, digits) {
  if (value === 0 || value === 1) return value;
  // A half of the last digit is a number of the computer only where it is so many halves of 1.
  const halves = value * 2 ** (digits + 1);
  const [near, scale] = [Number(value.toFixed(digits)), 10 ** digits];
  return Number.isInteger(halves) && halves % 2 && Math.round(near * scale) % 2
    ? (Math.round(near * scale) - 1) / scale
    : near;
}

/**
 * @param {WorldNetwork} world with the network that was computed
 * @param {EngineResult} result
 * @param {ShockCase} shock
 * @param {{ label: string, iri: string }} name
 * @returns {ShownRun}
 */
export function shownRun(world, result, shock, name) {
  const trace = new CausalTrace(world, result, shock.targets, shock.stance);
  const lost = [...nodes_(world)].filter((node) => result.loss[node] > 0);
  const drawn = lost.filter((node) => !tables().excerpt || tables().nodes[node] >= 0);
  const ranked = inOrder(drawn, result);
  const place = new Map(ranked.map((node, row) => [node, row]));
  const ranks = ranksOf(ranked, result);
  const impacts = ranked.map((node, row) => impactOf(trace, node, { index: row, rank: ranks[row] }, place));
  const missing = missingNeeds(world, result);
  const short = shortNeeds(missing, result);
  return {
    run: {
      ...runOf(world, result, trace, shock, name),
      short: new Set(short.map(([need]) => need)).size,
      unaffected: (world.entry.entities ?? 0) + shock.added - lost.length,
      ...(lost.length > drawn.length ? { affected: lost.length } : {}),
    },
    impacts,
    shortages: thinLines(missing, place, impacts),
    parts: worstParts(world, result),
    short: short.map(onPage).filter(([need, dependant]) => Math.min(need, dependant) >= 0),
    reason: lost.length ? "" : text(shock.silence),
    grounds: groundsOf(world, result, trace, shock, name.iri),
  };
}
/** The nodes that are entities. @param {WorldNetwork} world */
const nodes_ = ({ network }) => Array(network.entities).keys();

/**
 * @param {WorldNetwork} world
 * @param {EngineResult} result
 * @param {CausalTrace} trace
 * @param {ShockCase} shock
 * @param {{ label: string, iri: string }} name
 * @returns {Run}
 */
function runOf(world, result, trace, shock, name) {
  const { entry } = world;
  return {
    as_of: [text(entry.as_of ?? 0), text(shock.why)].filter(Boolean).join(" "),
    caveats: caveatsOf(world, result, trace, shock),
    fallen: text(entry.fallen ?? 0),
    iterations: result.iterations,
    model: tables().model,
    // A question may add to the network or change it: that one has no name.
    network_hash: shock.hash < 0 ? "" : text(shock.hash) || text(entry.hash ?? 0),
    parameters: text(entry.parameters ?? 0),
    residual: result.residual,
    shock: name.iri,
    shock_label: name.label,
    stopped_by: result.stoppedBy,
    truncated: result.stoppedBy === "cap",
    unknown_share: entry.unknown ?? 0,
    ...(shock.unstated ? { unstated: tables().words.unstated } : {}),
  };
}

/**
 * By step, then the worst loss first.
 * @param {number[]} lost
 * @param {EngineResult} result
 */
function inOrder(lost, { step, loss, low, high }) {
  const round = (/** @type {number} */ value) => rounded(value, EQUAL);
  const keys = new Map(
    lost.map((node) => [node, [step[node], -round(loss[node]), -round(low[node]), -round(high[node]), node]]),
  );
  return lost.toSorted((a, b) => {
    const [one, two] = [/** @type {number[]} */ (keys.get(a)), /** @type {number[]} */ (keys.get(b))];
    const place = one.findIndex((value, row) => value !== two[row]);
    return one[place] - two[place];
  });
}
/**
 * @param {number[]} ranked
 * @param {EngineResult} result
 */
function ranksOf(ranked, { step }) {
  /** @type {Map<number, number>} */
  const next = new Map();
  return ranked.map((node) => {
    const rank = next.get(step[node]) ?? 0;
    next.set(step[node], rank + 1);
    return rank;
  });
}

/**
 * @param {CausalTrace} trace
 * @param {number} node
 * @param {{ index: number, rank: number }} at
 * @param {Map<number, number>} place
 * @returns {Impact}
 */
function impactOf(trace, node, at, place) {
  const { result, world } = trace;
  const support = trace.support(node);
  const link = trace.link(node);
  const binding = link?.records[0];
  const cited = link ? trace.evidence(link) : support.hit.record < 0 ? [] : tables().hits.evidence[support.hit.record];
  const name = named(node);
  return {
    index: at.index,
    rank: at.rank,
    iri: name.iri,
    label: name.label,
    class: name.class,
    node: tables().nodes[node],
    loss: rounded(result.loss[node], SHOWN),
    low: rounded(result.low[node], SHOWN),
    high: rounded(result.high[node], SHOWN),
    step: result.step[node],
    cause: binding === undefined ? -1 : causeOf(world.network, result, node, place),
    dependency: binding === undefined ? "" : iri(tables().records.name[binding]),
    facts: binding === undefined ? [] : tables().records.facts[binding].map((row) => facts[row]),
    evidence: cited.map((row) => evidence[row]),
    stance: support.stance < 0 ? "" : tables().words.stances[support.stance],
    inferred: support.inferred,
    judged: support.judged,
    rests: restsOn(support),
    ungraded: support.ungraded,
  };
}
/**
 * The row of the first cause in an earlier step that is drawn, or -1.
 * @param {EngineNetwork} network
 * @param {EngineResult} result
 * @param {number} node
 * @param {Map<number, number>} place
 */
const causeOf = (network, result, node, place) =>
  place.get(causesOf(network, result, node).find((other) => place.has(other)) ?? NONE) ?? -1;
/**
 * The causes of a loss in an earlier step: its source, then the provider.
 * @param {EngineNetwork} network
 * @param {Bindings} result
 * @param {number} node
 */
export function causesOf({ entity, provider }, { supply, source, step }, node) {
  const behind = [source[node], supply[node] === NONE ? NONE : provider[supply[node]]];
  const causes = behind.filter((other) => other !== NONE).map((other) => entity[other]);
  return causes.filter((other) => step[other] < step[node]);
}

/**
 * The needs that are not met: need, dependant, and how much is missing, of several slots the most.
 * @param {WorldNetwork} world
 * @param {EngineResult} result
 * @returns {ShortNeed[]}
 */
function missingNeeds({ network, slots }, { shortage }) {
  /** @type {Map<string, ShortNeed>} */
  const pairs = new Map();
  shortage.forEach((size, slot) => {
    // A slot without a record, of provisions or of parts, is no need of its own.
    if (!(size > 0) || network.need[slot] === NONE || !tables().slots.records[slots[slot]]?.length) return;
    const [need, dependant] = [network.entity[network.need[slot]], network.entity[network.slotOwner[slot]]];
    const key = `${need} ${dependant}`;
    pairs.set(key, [need, dependant, Math.max(size, pairs.get(key)?.[2] ?? 0)]);
  });
  return [...pairs.values()];
}
/**
 * Cause, effect and direction (1: back) of each shortage between two drawn entities.
 * @param {ShortNeed[]} missing
 * @param {Map<number, number>} place
 * @param {Impact[]} impacts
 * @returns {ShortageRow[]}
 */
function thinLines(missing, place, impacts) {
  const lines = missing.flatMap(([need, dependant]) => {
    const [cause, effect] = [place.get(need), place.get(dependant)];
    return cause === undefined || effect === undefined || cause === effect
      ? []
      : [/** @type {[number, number]} */ ([cause, effect])];
  });
  return lines
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([cause, effect]) => [cause, effect, impacts[cause].step >= impacts[effect].step ? 1 : 0]);
}
/**
 * The shortages of needs that lose nothing themselves, the most first.
 * @param {ShortNeed[]} missing
 * @param {EngineResult} result
 */
const shortNeeds = (missing, { loss }) =>
  missing.filter(([need]) => !(loss[need] > 0)).sort((a, b) => b[2] - a[2] || a[0] - b[0] || a[1] - b[1]);
/** @type {(need: ShortNeed) => ShortNeed} */
const onPage = ([need, dependant, size]) => [tables().nodes[need], tables().nodes[dependant], rounded(size, SHOWN)];

/**
 * The companies with a part that loses more than they do: company, part, label of the part, loss of the part.
 * @param {WorldNetwork} world
 * @param {EngineResult} result
 * @returns {WorstPart[]}
 */
function worstParts({ parts }, { loss }) {
  /** @type {Map<number, number>} */
  const worst = new Map();
  for (const [part, whole] of parts) {
    const other = worst.get(whole);
    if (
      loss[part] > 0 &&
      (other === undefined || loss[part] > loss[other] || (loss[part] === loss[other] && part < other))
    )
      worst.set(whole, part);
  }
  return [...worst]
    .filter(([whole, part]) => loss[part] > loss[whole])
    .sort((a, b) => a[0] - b[0])
    .map(([whole, part]) => [
      tables().nodes[whole],
      tables().nodes[part],
      named(part).label,
      rounded(loss[part], SHOWN),
    ]);
}
