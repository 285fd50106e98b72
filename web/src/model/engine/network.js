// The compiled network in typed arrays: nodes own slots, slots hold supplies, as graph/knockon/network/network.py has it.
export const NONE = -1;
/** How the supplies of a slot combine: numbers of Mode in graph/knockon/network/arrays.py. */
export const MODE = Object.freeze({ allOf: 0, anyOf: 1, shares: 2, atLeast: 3, disputed: 4 });
// Equal parts of a whole need not add up to it, by rounding.
const ROUNDED = 1e-12;

/**
 * Return the network of some slots, which come in the order of their owners, and their supplies in the order of the slots.
 * @param {NetworkSource} source
 * @returns {EngineNetwork}
 */
export function compileNetwork(source) {
  const { slots, supplies } = source;
  const size = source.entities + source.hidden.length;
  const slotOwner = Int32Array.from(slots.owner);
  const supplyStart = starts(slots.width);
  const entity = Int32Array.from({ length: size }, (_, node) =>
    node < source.entities ? node : source.hidden[node - source.entities],
  );
  const network = {
    size,
    entities: source.entities,
    entity,
    twin: twins(source),
    slotOwner,
    slotStart: starts(counts(slotOwner, size)),
    need: Int32Array.from(slots.need),
    weights: [slots.low, slots.point, slots.high].map((ends) => Float64Array.from(ends)),
    mode: Uint8Array.from(slots.mode),
    atLeast: Int32Array.from(slots.atLeast),
    hitWith: hitTogether(slots.dispute ?? []),
    supplyStart,
    provider: Int32Array.from(supplies.provider),
    share: Float64Array.from(supplies.share),
    unstated: Uint8Array.from(supplies.unstated),
    backups: new Map(),
    unhit: new Set(),
  };
  return { ...network, ...derived(network) };
}

/**
 * What follows from the other arrays: whose slots to look at when a node changes, and what nobody stated.
 * @param {Omit<EngineNetwork, "outStart" | "outSlot" | "supplySlot" | "split" | "remainder" | "readings">} network
 */
export function derived(network) {
  const supplySlot = new Int32Array(network.provider.length);
  for (let slot = 0; slot < network.slotOwner.length; slot += 1)
    supplySlot.fill(slot, network.supplyStart[slot], network.supplyStart[slot + 1]);
  const { split, remainder } = unstatedParts(network, supplySlot);
  const readings = split.includes(1) || network.mode.includes(MODE.disputed);
  return { supplySlot, split, remainder, readings, ...dependants(network, supplySlot) };
}

/** @param {ArrayLike<number>} widths */
function starts(widths) {
  const start = new Int32Array(widths.length + 1);
  for (let row = 0; row < widths.length; row += 1) start[row + 1] = start[row] + widths[row];
  return start;
}
/**
 * @param {Int32Array} rows
 * @param {number} size
 */
function counts(rows, size) {
  const number = new Int32Array(size);
  for (const row of rows) number[row] += 1;
  return number;
}
/** The hidden node of each entity without its provisions; -1 where it has none. @param {NetworkSource} source */
function twins({ entities, hidden, own }) {
  const twin = new Int32Array(entities).fill(NONE);
  hidden.forEach((entity, place) => {
    if (own[place]) twin[entity] = entities + place;
  });
  return twin;
}
/** The first of the slots whose records dispute one need, of others the slot itself. @param {number[]} dispute */
function hitTogether(dispute) {
  /** @type {Map<number, number>} */
  const first = new Map();
  return Int32Array.from(dispute, (name, slot) => {
    if (name < 0) return slot;
    if (!first.has(name)) first.set(name, slot);
    return /** @type {number} */ (first.get(name));
  });
}
/**
 * @param {Pick<EngineNetwork, "slotOwner" | "share" | "unstated">} network
 * @param {Int32Array} supplySlot
 */
function unstatedParts({ slotOwner, share, unstated }, supplySlot) {
  const split = new Uint8Array(slotOwner.length);
  const [stated, rest] = [new Float64Array(slotOwner.length), new Float64Array(slotOwner.length)];
  supplySlot.forEach((slot, supply) => {
    if (unstated[supply]) split[slot] = 1;
    (unstated[supply] ? rest : stated)[slot] += share[supply];
  });
  const remainder = rest.map((part, slot) =>
    split[slot] && Math.abs(stated[slot] + part - 1) < ROUNDED ? 1 - stated[slot] : part,
  );
  return { split, remainder };
}
/**
 * The slots that need or use each node: those of node i are outSlot[outStart[i]] to outSlot[outStart[i + 1] - 1].
 * @param {Pick<EngineNetwork, "size" | "need" | "provider" | "backups">} network
 * @param {Int32Array} supplySlot
 */
function dependants({ size, need, provider, backups }, supplySlot) {
  /** @type {[number, number][]} */
  const further = [...backups].flatMap(([slot, nodes]) =>
    nodes.map((node) => /** @type {[number, number]} */ ([node, slot])),
  );
  /** @param {(node: number, slot: number) => void} visit */
  const each = (visit) => {
    for (let slot = 0; slot < need.length; slot += 1) if (need[slot] !== NONE) visit(need[slot], slot);
    for (let supply = 0; supply < provider.length; supply += 1)
      if (provider[supply] !== NONE) visit(provider[supply], supplySlot[supply]);
    for (const [node, slot] of further) if (node !== NONE) visit(node, slot);
  };
  const outStart = new Int32Array(size + 1);
  each((node) => (outStart[node + 1] += 1));
  for (let node = 0; node < size; node += 1) outStart[node + 1] += outStart[node];
  const [outSlot, next] = [new Int32Array(outStart[size]), outStart.slice()];
  each((node, slot) => (outSlot[next[node]++] = slot));
  return { outStart, outSlot };
}
