// Questions that the page answers: what if this fails, and what if a dependency were weaker or had another supplier?
import { nodes } from "../data.js";
import { leontief } from "../engine/leontief.js";
import { pullLevers } from "../engine/levers.js";
import { NONE } from "../engine/network.js";
import { networkIn, tables } from "./networks.js";
import { empty, remembered, worldKey } from "./run.js";
import { caseOf, shocks } from "./shocks.js";
import { shownRun } from "./shown-run.js";
import { nodeTarget } from "./trace.js";

/** @type {Map<number, number> | undefined} */
let nodePlace;
/** The entity of the network that a row of the page is; undefined where it is none. @param {number} node */
export function placeOfNode(node) {
  nodePlace ??= new Map(tables().nodes.map((row, place) => [row, place]));
  return node < 0 ? undefined : nodePlace.get(node);
}
/** @type {Map<number, number[]> | undefined} */
let recordsOf;
/** The rows of records that a fact of the page shows. @param {number} fact */
function recordsOfFact(fact) {
  if (!recordsOf) {
    recordsOf = new Map();
    for (const [record, facts] of tables().records.facts.entries())
      for (const row of facts) recordsOf.set(row, [...(recordsOf.get(row) ?? []), record]);
  }
  return recordsOf.get(fact) ?? [];
}
/**
 * The slot or supply of a fact in a world, and the name of its record; null where it is in no computation there.
 * @param {number} fact
 * @param {WorldNetwork} world
 * @returns {{ kind: "slot" | "supply", index: number, target: number } | null}
 */
export function placeOfFact(fact, world) {
  const records = recordsOfFact(fact);
  const has = (/** @type {number[] | undefined} */ rows) => rows?.find((row) => records.includes(row));
  for (const [kind, rows, table] of /** @type {const} */ ([
    ["slot", world.slots, tables().slots.records],
    ["supply", world.supplies, tables().supplies.records],
  ])) {
    const index = rows.findLastIndex((row) => has(table[row]) !== undefined);
    if (records.length && index >= 0)
      return { kind, index, target: tables().records.name[/** @type {number} */ (has(table[rows[index]]))] };
  }
  return null;
}
/**
 * The slot on which a further supplier acts: that of the dependency where it has suppliers of its own, else that of those who
 * provide its need to everyone; -1 where nothing can stand in for the need itself.
 * @param {WorldNetwork} world
 * @param {number} slot
 */
export function supplySlotOf({ network }, slot) {
  const holds = (/** @type {number} */ row) => network.supplyStart[row + 1] > network.supplyStart[row];
  if (holds(slot)) return slot;
  const need = network.need[slot];
  if (need === NONE) return -1;
  for (let row = network.slotStart[need]; row < network.slotStart[need + 1]; row += 1)
    if (network.need[row] === NONE && holds(row) && network.provider[network.supplyStart[row]] < network.entities)
      return row;
  return -1;
}
/**
 * What can be changed in a dependency or supply of a world: null where it takes no part in computations there.
 * @param {number} fact
 * @param {World} world
 * @returns {LeverChoices | null}
 */
export function leversOf(fact, world) {
  const found = networkIn(world);
  const place = typeof found === "string" ? null : placeOfFact(fact, found);
  if (typeof found === "string" || !place) return null;
  const { network } = found;
  const slot = place.kind === "slot" ? place.index : network.supplySlot[place.index];
  const acting = supplySlotOf(found, slot);
  const [first, end] = acting < 0 ? [0, 0] : [network.supplyStart[acting], network.supplyStart[acting + 1]];
  const buffer = new Map(tables().slots.buffer);
  return {
    criticality: [network.weights[0][slot], network.weights[1][slot], network.weights[2][slot]],
    forEveryone: acting >= 0 && acting !== slot,
    buffer: buffer.get(found.slots[slot]) ?? 0,
    suppliers: Array.from({ length: end - first }, (_, row) => ({
      node: tables().nodes[network.entity[network.provider[first + row]]],
      share: network.share[first + row],
      unstated: Boolean(network.unstated[first + row]),
    })),
  };
}

/** @type {(amount: Amount) => [number, number, number]} */
const interval = (amount) => (typeof amount === "number" ? [amount, amount, amount] : amount);
/**
 * The changes of a question in rows of the network; those on what is not there are left out.
 * @param {readonly QuestionLever[]} levers
 * @param {WorldNetwork} world
 * @returns {Lever[]}
 */
function placedLevers(levers, world) {
  return levers.flatMap((lever) => {
    const place = placeOfFact(lever.fact, world);
    if (!place) return [];
    const slot = place.kind === "slot" ? place.index : world.network.supplySlot[place.index];
    if ("criticality" in lever)
      return [/** @type {Lever} */ ({ kind: "criticality", slot, weight: interval(lever.criticality) })];
    if ("buffer" in lever) return [];
    if ("source" in lever) return [/** @type {Lever} */ ({ kind: "source", slot, share: lever.source })];
    const provider = lever.supplier < 0 ? NONE : placeOfNode(lever.supplier);
    const acting = supplySlotOf(world, slot);
    // Nobody supplies itself.
    if (provider === undefined || acting < 0 || provider === world.network.entity[world.network.slotOwner[acting]])
      return [];
    if (passesNothing(lever.supplier, tables().nodes[world.network.entity[world.network.slotOwner[acting]]]))
      return placedLevers([{ ...lever, supplier: -1 }], world);
    if ("instead" in lever) return replaced(world, acting, lever.instead, provider);
    const alone = /** @type {Lever} */ ({ kind: "backup", slot: acting, provider });
    return [lever.share === null ? alone : { kind: "supplier", slot: acting, provider, share: lever.share }];
  });
}
/** Whether a supplier is money that passes nothing on to this owner. @param {number} supplier @param {number} owner */
function passesNothing(supplier, owner) {
  const { finance, money } = tables();
  return finance.includes(nodes[supplier]?.class.name) && !money.includes(nodes[owner]?.class.name);
}
/**
 * @param {WorldNetwork} world
 * @param {number} slot
 * @param {number} instead the row of the supplier that is replaced
 * @param {number} provider
 * @returns {Lever[]}
 */
function replaced({ network }, slot, instead, provider) {
  const old = placeOfNode(instead);
  for (let supply = network.supplyStart[slot]; supply < network.supplyStart[slot + 1]; supply += 1)
    if (network.provider[supply] === old) return [{ kind: "provider", supply, provider }];
  return [];
}
/** What the records of a slot state of its suppliers. @param {WorldNetwork} world @returns {(slot: number) => SupplyTerms | null} */
const termsOf = (world) => (slot) => {
  const { slots, supplies } = tables();
  const [, combination, atLeast, passing] = slots.terms.find(([row]) => row === world.slots[slot]) ?? [0, -1, 0, []];
  const [first, end] = [world.network.supplyStart[slot], world.network.supplyStart[slot + 1]];
  const stated = world.supplies
    .slice(first, end)
    .map((row) => (supplies.stated[row] === -1 ? supplies.share[row] : supplies.stated[row]));
  return first === end ? null : { combination, atLeast, passing, stated };
};

/**
 * What a question hits in a world: what its shock does, and what it adds.
 * @param {Question} question
 * @param {WorldNetwork} world
 * @returns {ShockCase}
 */
function asked({ hits, levers = [], shock }, world) {
  const nothing = {
    hits: [],
    says: [],
    ends: [],
    silence: tables().words.nothing_row,
    why: 0,
    hash: 0,
    left_out: 0,
    named: 0,
    added: 0,
    stance: -1,
    unstated: 0,
    targets: [],
  };
  const base = shock === undefined ? nothing : caseOf(shock, world);
  const given = hits.flatMap((hit) => {
    /** @type {TargetHit[]} */
    const placed = [];
    const common = { severity: interval(hit.severity), record: -1, ungraded: false };
    if ("fact" in hit) {
      const place = placeOfFact(hit.fact, world);
      if (place) placed.push({ ...common, ...place });
      return placed;
    }
    const index = placeOfNode(hit.node);
    if (index !== undefined) placed.push({ ...common, kind: "node", index, target: nodeTarget(index) });
    return placed;
  });
  const nodes = given.filter((hit) => hit.kind === "node").map((hit) => hit.index);
  const added = new Set(nodes.filter((node) => !world.nodes.has(node))).size;
  const owners = new Map(tables().notes[world.entry.notes ?? 0].owners);
  return {
    ...base,
    says: [...base.says, ...nodes.toSorted((a, b) => a - b).flatMap((node) => owners.get(node) ?? [])],
    added: base.added + added,
    hash: added || levers.length ? -1 : base.hash,
    targets: [...base.targets, ...given],
  };
}
/**
 * The network of a world with the changes of a question.
 * @param {WorldNetwork} world
 * @param {readonly QuestionLever[]} levers
 * @returns {WorldNetwork}
 */
export function changed(world, levers) {
  const placed = placedLevers(levers, world);
  if (!placed.length) return world;
  const { network, supplyPlace } = pullLevers(world.network, placed, termsOf(world));
  const supplies = new Array(network.provider.length).fill(NONE);
  world.supplies.forEach((row, supply) => (supplies[supplyPlace[supply]] = row));
  return { ...world, network, supplies, supplyPlace: new Map(supplies.map((row, place) => [row, place])) };
}

/**
 * The result of a question in a world, by rows of its network; or why there is none.
 * @param {Question} question
 * @param {World} world
 */
export function questionResult(question, world) {
  const found = networkIn(world);
  if (typeof found === "string") return found;
  return remembered(`result ${JSON.stringify(question)} ${worldKey(world)}`, () => {
    const { levers = [] } = question;
    const after = changed(found, levers);
    const what = asked(question, found);
    // The supplies of the changed network are in other rows.
    const targets = what.targets.map((hit) =>
      hit.kind === "supply"
        ? { ...hit, index: /** @type {number} */ (after.supplyPlace.get(found.supplies[hit.index])) }
        : hit,
    );
    return { world: after, shock: { ...what, targets }, result: leontief(after.network, targets, tables().stopping) };
  });
}
/**
 * The run of a question in a world, as the page shows runs; `reason` says why it is empty.
 * @param {Question} question
 * @param {World} world
 * @returns {ShownRun}
 */
export function whatIf(question, world) {
  const found = questionResult(question, world);
  if (typeof found === "string") return empty(question.label, found);
  const iri = question.shock === undefined ? "" : shocks[question.shock].iri;
  return remembered(`run ${JSON.stringify(question)} ${worldKey(world)}`, () =>
    shownRun(found.world, found.result, found.shock, { label: question.label, iri }),
  );
}
/** Whether an entity or a fact takes part in computations in a world. @type {(hit: QuestionTarget, world: World) => boolean} */
export function canHit(hit, world) {
  const found = networkIn(world);
  if (typeof found === "string") return false;
  return "fact" in hit ? placeOfFact(hit.fact, found) !== null : placeOfNode(hit.node) !== undefined;
}
