// The shocks of the page, and what each hits in a world.
import { iri, raw, text } from "../data.js";
import { tables } from "./networks.js";
import { nodeTarget } from "./trace.js";

const KINDS = /** @type {const} */ (["node", "slot", "supply"]);

/** Every shock of the data set, those that the page opens on first. @type {PageShock[]} */
export const shocks = (raw.network?.shocks.label ?? []).map((label, index) => {
  const { basis, comment, measures, name, since, status, until } = tables().shocks;
  return {
    index,
    iri: iri(name[index]),
    label: text(label),
    status: text(status[index]),
    comment: text(comment[index]),
    since: text(since[index]),
    until: text(until[index]),
    basis: basis[index].map(iri),
    measures: measures[index].map(([measure, kind, now]) => ({
      iri: iri(measure),
      kind: text(kind),
      status: text(now),
    })),
  };
});
/** How many shocks the page opens on: two where they are compared, none where it asks for a choice. */
export const opens = raw.network?.opens ?? 0;

/** What Python leaves out of a case: what is 0 or empty. @type {ShockData} */
const EMPTY = {
  ...{ hits: [], says: [], ends: [] },
  ...{ added: 0, hash: 0, left_out: 0, named: 0, silence: 0, stance: 0, unstated: 0, why: 0 },
};
/**
 * What a shock hits in a world, with rows of the network of that world.
 * @param {number} shock
 * @param {WorldNetwork} world
 * @returns {ShockCase}
 */
export function caseOf(shock, world) {
  const { cases, intervals } = tables();
  const found = { ...EMPTY, ...cases[/** @type {number[]} */ (world.entry.cases)[shock]] };
  const place = { node: null, slot: world.slotPlace, supply: world.supplyPlace };
  const targets = found.hits.map(([kind, row, interval, target, record, ungraded]) => ({
    kind: KINDS[kind],
    index: place[KINDS[kind]]?.get(row) ?? row,
    severity: intervals[interval],
    target: kind === 0 ? nodeTarget(row) : target,
    record,
    ungraded: Boolean(ungraded),
  }));
  return { ...found, targets };
}
