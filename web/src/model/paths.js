// Paths through the graph, over the relations and classes that are on: the best between two entities, and all that leads to or from one.
// Harm travels against the arrows, from what is needed to what needs it.
import { nodes, other } from "./data.js";
import { edgeOn, nodeOn } from "./graph.js";

// A search gives up after it has looked at this many hops; the page says so.
export const STEPS = 200000;
// Criticality in thousandths, so that sums compare exactly; in the middle where it is not stated.
const UNKNOWN = 450;
/** @param {Fact} fact */
const weight = (fact) => (fact.criticality === null ? UNKNOWN : Math.round(1000 * fact.criticality));
/**
 * A provider of a need serves those it supplies, not everybody who has that need: null where that does not bind.
 * @param {Link[]} lines
 * @param {number} to
 */
function served(lines, to) {
  const facts = lines.flatMap((line) => line.facts);
  if (!facts.length || facts.some((fact) => !isProvision(fact) && (fact.usedBy < 0 || fact.usedBy === to))) return null;
  return new Set(facts.flatMap((fact) => (isProvision(fact) ? withoutSuppliers(fact.ends[0]) : [fact.usedBy])));
}
/** @param {Fact} fact */
const isProvision = (fact) => fact.kind.key === "provision";
/**
 * Who needs an entity and has no suppliers of its own for it: to them the provisions of the entity count.
 * @param {number} need
 */
function withoutSuppliers(need) {
  const supplied = new Set(nodes[need].facts.filter((fact) => fact.kind.key === "supply").map((fact) => fact.usedBy));
  return nodes[need].edges
    .filter((edge) => edge.to === need && edge.kind.key === "dependsOn" && !supplied.has(edge.from))
    .map((edge) => edge.from);
}
/**
 * @param {Hop} before
 * @param {Hop} after
 */
const fits = (before, after) => !before.only || before.only.has(after.to);

// Hops out of and into an entity: all lines between the same two are one hop.
class HopIndex {
  /** @param {Direction} direction */
  constructor(direction) {
    this.direction = direction;
    /** @type {Map<number, Hop[]>[]} */
    this.known = [new Map(), new Map()];
  }
  /** @param {number} node */
  out(node) {
    return this.hops(node, 0);
  }
  /** @param {number} node */
  into(node) {
    return this.hops(node, 1);
  }
  /**
   * @param {number} node
   * @param {0 | 1} back
   */
  hops(node, back) {
    const known = this.known[back];
    if (!known.has(node)) known.set(node, this.gather(node, back));
    return /** @type {Hop[]} */ (known.get(node));
  }
  /**
   * @param {number} node
   * @param {0 | 1} back
   */
  gather(node, back) {
    const harm = this.direction === "harm";
    /** @type {Map<number, Set<Link>>} */
    const linesTo = new Map();
    for (const line of nodes[node].edges) {
      const near = other(line, node);
      if (near === node || !edgeOn(line) || !nodeOn(near)) continue;
      if (harm && (line.kind.family !== "need" || (back ? line.from : line.to) !== node)) continue;
      if (!linesTo.has(near)) linesTo.set(near, new Set());
      /** @type {Set<Link>} */ (linesTo.get(near)).add(line);
    }
    return [...linesTo].map(([near, set]) => {
      const lines = [...set];
      const [from, to] = back ? [near, node] : [node, near];
      const weak = 1000 - Math.max(...lines.flatMap((line) => line.facts.map(weight)), 0);
      return { from, to, lines, weak, only: harm ? served(lines, to) : null };
    });
  }
}

/**
 * What is at least still to go to the target, from each entity that reaches it: hops, then weakness.
 * @param {HopIndex} index
 * @param {number} target
 * @param {number} limit
 */
function ahead(index, target, limit) {
  const left = new Map([[target, { hops: 0, weak: 0 }]]);
  let layer = [target];
  for (let hops = 1; layer.length && hops <= limit; hops += 1) {
    const next = new Set();
    for (const node of layer)
      for (const hop of index.into(node)) {
        const known = left.get(hop.from);
        const weak = /** @type {{ weak: number }} */ (left.get(node)).weak + hop.weak;
        if (known && (known.hops < hops || known.weak <= weak)) continue;
        left.set(hop.from, { hops, weak });
        next.add(hop.from);
      }
    layer = [...next];
  }
  return left;
}

/** @type {Uint32Array | null} */
let ranks = null;
/** @param {number} node */
function rank(node) {
  if (!ranks) {
    const order = nodes
      .map((n) => n.index)
      .sort((a, b) => (nodes[a].label < nodes[b].label ? -1 : nodes[a].label > nodes[b].label ? 1 : a - b));
    const places = new Uint32Array(nodes.length);
    order.forEach((row, place) => {
      places[row] = place;
    });
    ranks = places;
  }
  return ranks[node];
}
/**
 * Fewest hops, then the strongest, then by name.
 * @param {Candidate} a
 * @param {Candidate} b
 */
function before(a, b) {
  if (a.total !== b.total) return a.total < b.total;
  if (a.weakness !== b.weakness) return a.weakness < b.weakness;
  const shared = Math.min(a.nodes.length, b.nodes.length);
  for (let i = 0; i < shared; i += 1) if (a.nodes[i] !== b.nodes[i]) return rank(a.nodes[i]) < rank(b.nodes[i]);
  return a.nodes.length < b.nodes.length;
}
class Heap {
  /** @type {Candidate[]} */
  items = [];
  /** @param {Candidate} item */
  push(item) {
    const { items } = this;
    let at = items.push(item) - 1;
    for (let up = (at - 1) >> 1; at > 0 && before(item, items[up]); at = up, up = (at - 1) >> 1) items[at] = items[up];
    items[at] = item;
  }
  pop() {
    const { items } = this;
    const top = items[0];
    const last = /** @type {Candidate} */ (items.pop());
    if (!items.length) return top;
    let at = 0;
    for (let down = 1; down < items.length; down = 2 * at + 1) {
      if (down + 1 < items.length && before(items[down + 1], items[down])) down += 1;
      if (!before(items[down], last)) break;
      items[at] = items[down];
      at = down;
    }
    items[at] = last;
    return top;
  }
}

/**
 * Best first: what is still to go is never estimated too high, so paths leave the heap in their order.
 * @param {number} from
 * @param {number} to
 * @param {PathOptions} [options]
 */
export function bestPaths(from, to, { direction = "harm", hops: limit = 6, k = 5, steps = STEPS } = {}) {
  /** @type {BestPaths} */
  const result = { paths: [], more: false, cut: false };
  if (from === to || !nodes[from] || !nodes[to] || !nodeOn(from) || !nodeOn(to)) return result;
  const index = new HopIndex(direction);
  const left = ahead(index, to, limit);
  const heap = new Heap();
  /**
   * @param {number[]} along
   * @param {Hop[]} hops
   * @param {number} weak
   */
  const add = (along, hops, weak) => {
    const end = along[along.length - 1];
    const rest = left.get(end);
    if (rest && hops.length + rest.hops <= limit)
      heap.push({ nodes: along, hops, weak, total: hops.length + rest.hops, weakness: weak + rest.weak });
  };
  add([from], [], 0);
  let looks = 0;
  while (heap.items.length && !result.more) {
    const path = heap.pop();
    const end = path.nodes[path.nodes.length - 1];
    if (end === to) {
      if (result.paths.length === k) result.more = true;
      else result.paths.push({ nodes: path.nodes, hops: path.hops });
      continue;
    }
    // After giving up, what is complete already still counts.
    if (looks > steps) continue;
    for (const hop of index.out(end)) {
      looks += 1;
      if (!path.nodes.includes(hop.to) && (!path.hops.length || fits(path.hops[path.hops.length - 1], hop)))
        add([...path.nodes, hop.to], [...path.hops, hop], path.weak + hop.weak);
    }
    result.cut ||= looks > steps;
  }
  // The best paths come first: after giving up, only the paths beyond them are unknown.
  return result;
}

/**
 * Everything upstream (back) or downstream: how far away each entity is, and the lines on the paths.
 * @param {number} start
 * @param {boolean} back
 * @param {number} [limit]
 * @param {(node: number) => boolean} [keep]
 */
export function reach(start, back, limit = Infinity, keep = () => true) {
  const index = new HopIndex("harm");
  const far = new Map([[start, 0]]);
  const lines = new Set();
  const seen = new Set();
  /** @param {Hop} hop */
  const bound = (hop) => (back ? index.into(hop.from).some((/** @type {Hop} */ item) => item.only) : hop.only);
  /** @type {{ node: number, came: Hop | null }[]} */
  let layer = [{ node: start, came: null }];
  for (let hops = 1; layer.length && hops <= limit; hops += 1) {
    const next = [];
    for (const { node, came } of layer)
      for (const hop of back ? index.into(node) : index.out(node)) {
        const near = back ? hop.from : hop.to;
        if (!keep(near) || (came && !(back ? fits(hop, came) : fits(came, hop)))) continue;
        hop.lines.forEach((line) => lines.add(line.index));
        if (!far.has(near)) far.set(near, hops);
        const key = bound(hop) ? `${hop.from} ${hop.to}` : near;
        if (!seen.has(key)) next.push({ node: near, came: hop });
        seen.add(key);
      }
    layer = next;
  }
  return { far, lines };
}
