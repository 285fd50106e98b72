// The links from the shock to those that a brief names, along the causes of their losses: graph/knockon/analysis/report/brief.py.
import { facts } from "../data.js";
import { basisOf, findingOf } from "../finding.js";
import { oneEach } from "./lines.js";

/**
 * What the losses of some entities rest on.
 * @param {Impact[]} impacts
 * @param {Grounds} grounds
 * @returns {Way}
 */
export function wayOf(impacts, grounds) {
  const finding = findingOf(impacts, grounds);
  const basis = finding
    ? basisOf(finding, impacts, grounds)
    : { way: [], documents: [], judged: 0, inferred: 0, unknown: 0 };
  const links = new Map(basis.way.filter(({ dependency }) => dependency).map((impact) => [impact.dependency, impact]));
  const supports = basis.way.map(({ node }) => grounds.support(node));
  return {
    ...basis,
    links,
    evidence: oneEach([...grounds.evidence, ...basis.way.flatMap(({ evidence }) => evidence)]),
    unsourced: [...links.values()].filter(isUnsourced).length,
    disputed: Math.max(0, ...supports.map(({ disputed }) => disputed)),
    split: Math.max(0, ...supports.map(({ split }) => split)),
  };
}
/** Whether a link has no source, and is not said to be inferred. @param {Impact} impact */
function isUnsourced({ dependency, evidence }) {
  const own = facts.filter((fact) => fact.record === dependency);
  return !evidence.length && own.length > 0 && own.every((fact) => !fact.inferred && !fact.evidence.length);
}
