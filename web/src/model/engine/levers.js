// Changes to a network: what `mitigate` tries (graph/knockon/propagation/changed_links.py), and another supplier with a share.
import { derived, MODE, NONE } from "./network.js";
import { combine } from "./shares.js";

/**
 * Return a network with some changes, and where each supply of the old one is in it; a buffer changes no final loss.
 * @param {EngineNetwork} network
 * @param {readonly Lever[]} levers
 * @param {(slot: number) => SupplyTerms | null} termsOf what the records of a slot state of its suppliers
 * @returns {{ network: EngineNetwork, supplyPlace: Int32Array }}
 */
export function pullLevers(network, levers, termsOf) {
  const changed = {
    ...network,
    weights: network.weights.map((ends) => ends.slice()),
    mode: network.mode.slice(),
    atLeast: network.atLeast.slice(),
    provider: network.provider.slice(),
    backups: new Map(network.backups),
    unhit: new Set(network.unhit),
  };
  const added = new Map();
  for (const lever of levers) {
    if (lever.kind === "criticality") lever.weight.forEach((end, bound) => (changed.weights[bound][lever.slot] = end));
    else if (lever.kind === "source") for (const ends of changed.weights) ends[lever.slot] *= 1 - lever.share;
    else if (lever.kind === "backup")
      changed.backups.set(lever.slot, [...(changed.backups.get(lever.slot) ?? []), lever.provider]);
    else if (lever.kind === "provider") {
      changed.provider[lever.supply] = lever.provider;
      changed.unhit.add(lever.supply);
    } else if (lever.kind === "atLeast") {
      changed.mode[lever.slot] = MODE.atLeast;
      changed.atLeast[lever.slot] = lever.count;
    } else if (lever.kind === "supplier") added.set(lever.slot, [...(added.get(lever.slot) ?? []), lever]);
  }
  const { supplyPlace, ...rows } = withSuppliers(changed, added, termsOf);
  const whole = { ...changed, ...rows };
  return { network: { ...whole, ...derived(whole) }, supplyPlace };
}

/**
 * The supplies with the further ones, each slot combined anew from what its records state.
 * @param {EngineNetwork} network
 * @param {Map<number, Extract<Lever, { kind: "supplier" }>[]>} added by slot
 * @param {(slot: number) => SupplyTerms | null} termsOf
 */
function withSuppliers(network, added, termsOf) {
  const supplyPlace = new Int32Array(network.provider.length);
  /** @type {{ provider: number, share: number, unstated: number }[]} */
  const rows = [];
  const supplyStart = new Int32Array(network.supplyStart.length);
  for (let slot = 0; slot < network.slotOwner.length; slot += 1) {
    const further = added.get(slot);
    const suppliers = suppliersOf(network, slot);
    const list = further ? combined(network, slot, suppliers, further, termsOf(slot)) : suppliers;
    for (const { old, provider, share, unstated } of list) {
      if (old !== NONE) supplyPlace[old] = rows.length;
      rows.push({ provider, share, unstated });
    }
    supplyStart[slot + 1] = rows.length;
  }
  const place = (/** @type {number} */ supply) => supplyPlace[supply];
  return {
    supplyPlace,
    supplyStart,
    provider: Int32Array.from(rows, (row) => row.provider),
    share: Float64Array.from(rows, (row) => row.share),
    unstated: Uint8Array.from(rows, (row) => row.unstated),
    unhit: new Set([...network.unhit].map(place)),
  };
}
/** @param {EngineNetwork} network @param {number} slot */
function suppliersOf({ supplyStart, provider, share, unstated }, slot) {
  return Array.from({ length: supplyStart[slot + 1] - supplyStart[slot] }, (_, place) => {
    const old = supplyStart[slot] + place;
    return { old, provider: provider[old], share: share[old], unstated: unstated[old] };
  });
}
/**
 * @param {EngineNetwork} network
 * @param {number} slot
 * @param {{ old: number, provider: number, share: number, unstated: number }[]} suppliers
 * @param {{ provider: number, share: number | null }[]} further
 * @param {SupplyTerms | null} terms
 */
function combined(network, slot, suppliers, further, terms) {
  if (!terms) return suppliers;
  const list = suppliers.map((supplier, place) => ({ ...supplier, stated: terms.stated[place] }));
  for (const { provider, share } of further) {
    const known = list.find((supplier) => supplier.provider === provider && provider !== NONE);
    // Of several records of one supplier the greatest share counts.
    if (known) known.stated = share === null ? known.stated : Math.max(known.stated ?? 0, share);
    else list.push({ old: NONE, provider, share: 0, unstated: 0, stated: share });
  }
  // In the order of their rows; one that has no name comes last.
  list.sort(
    (a, b) =>
      (a.provider === NONE ? Infinity : a.provider) - (b.provider === NONE ? Infinity : b.provider) || a.old - b.old,
  );
  const { mode, atLeast, share, unstated } = combine({ ...terms, stated: list.map(({ stated }) => stated) });
  network.mode[slot] = mode;
  network.atLeast[slot] = atLeast;
  // Provisions of which none states a share may be incomplete, and cost nothing at the low reading: one that states it ends that.
  if (network.need[slot] === NONE && further.some((one) => one.share !== null))
    network.weights[0][slot] = network.weights[1][slot];
  return list.map((supplier, place) => ({ ...supplier, share: share[place], unstated: Number(unstated[place]) }));
}
