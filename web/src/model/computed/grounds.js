// What the finding of a run rests on beside its losses: the shock, what it hits, and the support of each loss.
import { evidence, iri, raw, text } from "../data.js";
import { NONE } from "../engine/network.js";
import { byCode } from "../order.js";
import { entityOf } from "./entities.js";
import { tables } from "./networks.js";

const HALF = 0.5;

/**
 * What the finding of a run is said to rest on, beside its losses.
 * @param {WorldNetwork} world
 * @param {EngineResult} result
 * @param {import("./trace.js").CausalTrace} trace
 * @param {ShockCase} shock
 * @param {string} name the IRI of the shock
 * @returns {Grounds}
 */
export function groundsOf(world, result, trace, shock, name) {
  const { shocks, words } = tables();
  const { network, entry } = world;
  const isHere = (/** @type {number} */ cited) => entry.document < 0 || raw.evidence.document[cited] === entry.document;
  const row = shocks.name.findIndex((one) => iri(one) === name);
  const needed = () => {
    const behind = [...network.need, ...network.provider].filter((node) => node !== NONE);
    return new Set(behind.map((node) => entityOf(network.entity[node]).iri));
  };
  const losses = result.loss.subarray(0, network.entities);
  return {
    row,
    status: row < 0 ? "" : text(shocks.status[row]),
    stance: shock.stance < 0 ? "" : words.stances[shock.stance],
    evidence: row < 0 ? [] : shocks.evidence[row].filter(isHere).map((cited) => evidence[cited]),
    notInForce: text(shock.why),
    hits: Math.max(shock.named, shock.targets.length),
    ungraded: shock.unstated,
    needed,
    half: losses.filter((loss) => loss >= HALF).length,
    steps: losses.reduce((last, loss, node) => (loss > 0 ? Math.max(last, result.step[node]) : last), 0),
    targets: () => targetsOf(shock),
    support: (node) => {
      const place = placeOf(node);
      const { disputed, split } = place < 0 ? { disputed: 0, split: 0 } : trace.support(place);
      return { disputed, split };
    },
  };
}
/** The entity of the network that a row of the page is, or -1. @param {number} node */
const placeOf = (node) => (node < 0 ? -1 : tables().nodes.indexOf(node));
/** What a shock hits, the hardest first. @param {ShockCase} shock @returns {GivenHit[]} */
function targetsOf({ targets }) {
  const { hits } = tables();
  const found = targets.map(({ kind, index, target, severity, record, ungraded }) => ({
    iri: kind === "node" ? entityOf(index).iri : iri(target),
    node: kind === "node" ? entityOf(index).label : "",
    severity,
    ungraded,
    judged: record >= 0 && Boolean(hits.judged[record]),
    evidence: record < 0 ? [] : hits.evidence[record].map((cited) => evidence[cited]),
  }));
  return found.sort((a, b) => b.severity[1] - a.severity[1] || byCode(a.iri, b.iri));
}
