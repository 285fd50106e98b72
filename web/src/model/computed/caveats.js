// What limits the numbers of a run, in the words of graph/knockon/present/caveats.py, which are sent with the data.
import { iri, text } from "../data.js";
import { NONE } from "../engine/network.js";
import { byCode } from "../order.js";
import { tables } from "./networks.js";

/** What the kinds of a note say is reached: a slot, a slot or the whole that it is a part of, its need, an entity. */
const NOTED = Object.freeze({ slot: 0, whole: 1, need: 2, entity: 3 });

/** @type {(template: string, values: Record<string, string | number>) => string} */
const filled = (template, values) => template.replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name]));

/**
 * @param {WorldNetwork} world with the network that was computed
 * @param {EngineResult} result
 * @param {import("./trace.js").CausalTrace} trace
 * @param {ShockCase} shock
 * @returns {string[]}
 */
export function caveatsOf(world, result, trace, shock) {
  const { words } = tables();
  const lists = reachedNames(world, result, trace);
  const reached = words.reached.flatMap((template, place) =>
    lists[place].length ? [sentence(template, lists[place])] : [],
  );
  const leftOut = text(shock.left_out) || text(world.entry.left_out ?? 0);
  return [
    words.caveat,
    ...(result.stoppedBy === "cap" ? [words.capped] : []),
    ...shock.says.map(text),
    ...reached,
    ...(leftOut ? [leftOut] : []),
    ...shock.ends.map(text),
  ];
}

/**
 * A caveat on records, with the first of their names and how many more there are.
 * @param {string} template
 * @param {string[]} names
 */
function sentence(template, names) {
  const { words } = tables();
  const rest = names.length - words.named;
  const more = rest > 0 ? filled(words.more, { number: rest }) : "";
  return filled(template, {
    names: names.slice(0, words.named).join(", ") + more,
    needs: filled(words.needs[Number(names.length !== 1)], { number: names.length }),
  });
}

/**
 * The records of each sentence that the shock reaches; the first two are those whose shares or portions nobody stated.
 * @param {WorldNetwork} world
 * @param {EngineResult} result
 * @param {import("./trace.js").CausalTrace} trace
 */
function reachedNames(world, result, trace) {
  const { network, slots, slotPlace, entry } = world;
  const reached = reachedSlots(world, result, trace);
  const named = new Map(tables().slots.named);
  const joinsParts = (/** @type {number} */ slot) => {
    const node = network.provider[network.supplyStart[slot]];
    return node >= network.entities && network.entity[node] === network.entity[network.slotOwner[slot]];
  };
  const unstated = (/** @type {boolean} */ parts) => {
    const found = [...slots.keys()]
      .filter((slot) => reached[slot] && network.split[slot] && joinsParts(slot) === parts)
      .flatMap((slot) => named.get(slots[slot]) ?? []);
    return [...new Map(found)].sort(([one], [other]) => byCode(iri(one), iri(other))).map(([, words]) => text(words));
  };
  const isReached = (/** @type {Note3} */ [kind, where]) => {
    if (kind === NOTED.entity) return result.high[where] > 0;
    const slot = /** @type {number} */ (slotPlace.get(where));
    if (kind === NOTED.need) return result.high[network.need[slot]] > 0;
    const wholes = kind === NOTED.whole ? trace.wholeSupplies(slot) : [];
    return reached[slot] || wholes.some((supply) => reached[network.supplySlot[supply]]);
  };
  const lists = tables().notes[entry.notes ?? 0].reached;
  return [
    unstated(false),
    unstated(true),
    ...lists.map((notes) => notes.filter(isReached).map(([, , words]) => text(words))),
  ];
}
/**
 * Whether the shock can reach each slot through a supplier of it.
 * @param {WorldNetwork} world
 * @param {EngineResult} result
 * @param {import("./trace.js").CausalTrace} trace
 */
function reachedSlots({ network }, { high }, trace) {
  const reached = new Uint8Array(network.slotOwner.length);
  network.provider.forEach((node, supply) => {
    const hit = trace.supplyRecords(supply).some((row) => trace.targets.has(tables().records.name[row]));
    if (hit || (node !== NONE && high[node] > 0)) reached[network.supplySlot[supply]] = 1;
  });
  return reached;
}

/** What an answer rests on, in a few words. @param {Support} support */
export function restsOn({ stance, inferred, judged, unknown, ungraded, disputed, split }) {
  const { rests, stances_in_words } = tables().words;
  const parts = [stance < 0 ? rests.unsourced : stances_in_words[stance]];
  const counts = { inferred: inferred.length, judged: judged.length, unknown, disputed };
  for (const [name, number] of Object.entries(counts)) {
    const hit = name === "unknown" && ungraded ? rests[number === 1 ? "the_hit" : "the_hit_is_one"] : "";
    if (number) parts.push(filled(rests[name], { number }) + hit);
  }
  if (split) parts.push(filled(rests[split === 1 ? "split_share" : "split_shares"], { number: split }));
  return parts.join(", ");
}
