// What each loss of a run rests on, over the whole path from the hit: graph/knockon/analysis/impact/causal_trace.py.
import { iri } from "../data.js";
import { MODE, NONE } from "../engine/network.js";
import { byCode } from "../order.js";
import { tables } from "./networks.js";

const [INFERRED, JUDGED, DETAILS] = [1, 2, 4];
const [UNKNOWN, DISPUTED] = [1, 2];

/** @typedef {{ slot: number, supply: number, source: number, records: number[], whole: number }} Link */
/** @typedef {{ hit: TargetHit, stance: number | undefined, inferred: string[], judged: string[], unknown: number, disputed: number, split: number }} Rests */

/** The causes of the losses of one run. */
export class CausalTrace {
  /**
   * @param {WorldNetwork} world with the network that was computed
   * @param {EngineResult} result
   * @param {TargetHit[]} hits in the order of the shock
   * @param {number} stance of the shock; -1 where it has none
   */
  constructor(world, result, hits, stance) {
    this.world = world;
    this.result = result;
    this.stance = stance;
    /** @type {Map<number, TargetHit>} By target; of several hits on one the most severe. */
    this.targets = new Map();
    for (const hit of hits) {
      const other = this.targets.get(hit.target);
      if (!other || hit.severity[1] > other.severity[1]) this.targets.set(hit.target, hit);
    }
    /** @type {Map<number, Rests>} */
    this.known = new Map();
    this.outer = outerSupplies(world.network);
  }
  /**
   * The link that determines the loss of a node; null where it is hit itself or loses nothing.
   * @param {number} node
   * @returns {Link | null}
   */
  link(node) {
    const { slot, supply, source } = this.result;
    if (slot[node] === NONE) return null;
    const records = this.slotRecords(slot[node]);
    const stating = records.filter((record) => !(tables().records.flags[record] & DETAILS));
    return {
      slot: slot[node],
      supply: supply[node],
      source: source[node],
      records: records.length ? (stating.length ? stating : records) : this.supplyRecords(supply[node]),
      whole: this.wholeSupply(slot[node]),
    };
  }
  /** @param {number} slot */
  slotRecords(slot) {
    return tables().slots.records[this.world.slots[slot]] ?? [];
  }
  /** @param {number} supply */
  supplyRecords(supply) {
    return supply === NONE ? [] : (tables().supplies.records[this.world.supplies[supply]] ?? []);
  }
  /** The rows of the citations of a link. @param {Link} link */
  evidence({ slot, supply }) {
    if (this.slotRecords(slot).length) return tables().slots.evidence[this.world.slots[slot]];
    return supply === NONE ? [] : (tables().supplies.evidence[this.world.supplies[supply]] ?? []);
  }
  /** The supply that states which portion of its entity a slot is; -1 where it is none. @param {number} slot */
  wholeSupply(slot) {
    const { supplySlot, slotOwner, share } = this.world.network;
    const loss = (/** @type {number} */ supply) => this.result.loss[slotOwner[supplySlot[supply]]];
    // Where records disagree there are several: the one of the choice that counts.
    return this.wholeSupplies(slot).reduce(
      (best, supply) =>
        best === NONE || loss(supply) > loss(best) || (loss(supply) === loss(best) && share[supply] > share[best])
          ? supply
          : best,
      NONE,
    );
  }
  /** The supplies that state which portion of its entity a slot is, one for each choice among records. @param {number} slot */
  wholeSupplies(slot) {
    const { mode, supplySlot, provider } = this.world.network;
    const whole = this.outerWhole(slot);
    if (whole === NONE) return [];
    const supplies = [...provider.keys()].filter((supply) => provider[supply] === provider[whole]);
    return supplies.filter((supply) => mode[supplySlot[supply]] === MODE.shares);
  }
  /** One of them; -1 where there is none. @param {number} slot */
  outerWhole(slot) {
    const { network } = this.world;
    let node = network.slotOwner[slot];
    while (node >= network.entities) {
      const supply = this.outer.get(node);
      if (supply === undefined) return NONE;
      if (network.mode[network.supplySlot[supply]] === MODE.shares) return supply;
      node = network.slotOwner[network.supplySlot[supply]];
    }
    return NONE;
  }
  /** What the loss of a node rests on. @param {number} node @returns {Rests} */
  rests(node) {
    /** @type {[number, Link][]} */
    const path = [];
    let at = node;
    for (let link = this.link(at); link && !this.known.has(at); link = this.link(at)) {
      path.push([at, link]);
      at = link.source;
      if (at === NONE) break;
    }
    // From the hit on, so that a part that many paths share is summarised once.
    for (const [owner, link] of path.reverse()) this.known.set(owner, this.extended(link));
    const found = this.known.get(node) ?? this.start([nodeTarget(this.world.network.entity[node])]);
    this.known.set(node, found);
    return found;
  }
  /** @param {Link} link @returns {Rests} */
  extended(link) {
    const { records, slots } = tables();
    const before = link.source === NONE ? this.start(this.hitRecords(link)) : this.rests(link.source);
    const behind = this.slotRecords(link.slot).length
      ? [...link.records, ...this.supplyRecords(link.supply)]
      : link.records;
    const flags = slots.flags[this.world.slots[link.slot]] ?? 0;
    const { split, unstated } = this.world.network;
    // A slot of several records is as strong as the strongest of them; a path is as weak as its weakest slot.
    const strongest = Math.min(...link.records.map((row) => records.stance[row]).filter((stance) => stance >= 0));
    const own = Number.isFinite(strongest) ? strongest : -1;
    const weakest =
      before.stance === undefined ? own : Math.min(own, before.stance) < 0 ? -1 : Math.max(own, before.stance);
    return {
      hit: before.hit,
      stance: weakest,
      inferred: withFlagged(before.inferred, behind, INFERRED),
      judged: withFlagged(before.judged, behind, JUDGED),
      unknown: before.unknown + Number(Boolean(flags & UNKNOWN)),
      disputed: before.disputed + Number(Boolean(flags & DISPUTED)),
      split: before.split + split[link.slot] + (link.whole === NONE ? 0 : unstated[link.whole]),
    };
  }
  /** The records of a link that may be hit. @param {Link} link */
  hitRecords({ slot, supply }) {
    const { hitWith } = this.world.network;
    const together = hitWith.length ? [...hitWith.keys()].filter((other) => hitWith[other] === hitWith[slot]) : [slot];
    const rows = supply === NONE ? together.flatMap((other) => this.slotRecords(other)) : this.supplyRecords(supply);
    return rows.map((row) => tables().records.name[row]);
  }
  /** @param {number[]} names of targets @returns {Rests} */
  start(names) {
    const hits = names.flatMap((name) => this.targets.get(name) ?? []);
    const hit = hits.reduce((worst, other) => (other.severity[1] > worst.severity[1] ? other : worst));
    const judged = hit.record >= 0 && tables().hits.judged[hit.record] ? [iri(tables().hits.name[hit.record])] : [];
    return { hit, stance: undefined, inferred: [], judged, unknown: 0, disputed: 0, split: 0 };
  }
  /** @param {number} node @returns {Support} */
  support(node) {
    const { hit, stance = this.stance, inferred, judged, unknown, disputed, split } = this.rests(node);
    return {
      stance,
      inferred,
      judged,
      unknown: unknown + Number(hit.ungraded),
      ungraded: hit.ungraded,
      disputed,
      split,
      hit,
    };
  }
}

/**
 * Some names and those of the records that have a flag, in order; what many paths share is one list.
 * @param {string[]} names
 * @param {number[]} records
 * @param {number} flag
 */
function withFlagged(names, records, flag) {
  const { flags, name } = tables().records;
  const more = records.filter((row) => flags[row] & flag).map((row) => iri(name[row]));
  return more.every((one) => names.includes(one)) ? names : [...new Set([...names, ...more])].sort(byCode);
}
/** The target that stands for an entity: names of records are rows of strings, these are below 0. @param {number} node */
export const nodeTarget = (node) => -1 - node;
/** The supply by which each hidden node is part of its entity or of another hidden node. @param {EngineNetwork} network */
function outerSupplies({ provider, entities, share }) {
  /** @type {Map<number, number>} */
  const outer = new Map();
  provider.forEach((node, supply) => {
    const known = outer.get(node);
    if (node >= entities && (known === undefined || share[supply] > share[known])) outer.set(node, supply);
  });
  return outer;
}
