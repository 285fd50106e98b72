// The entity on which a brief concentrates: graph/knockon/analysis/impact/focus.py.
import { byCode } from "../order.js";

/** The groups from which it is chosen: the first with a member that is hit; those that nothing else needs, then any. */
const GROUPS = [
  ["RevenueStream"],
  ["Company", "BusinessUnit"],
  ["Product", "Service", "Contract"],
  ["Group", "Market"],
];

/** The worst first; of equal losses that which is surer, then nearer, then first by name. @type {(a: Impact, b: Impact) => number} */
export const bySeverity = (a, b) =>
  b.loss - a.loss || b.low - a.low || b.high - a.high || a.step - b.step || byCode(a.iri, b.iri);
/**
 * The impact on which a brief concentrates; undefined where nothing is hit.
 * @param {Impact[]} impacts
 * @param {Grounds} grounds
 */
export function focusOf(impacts, grounds) {
  const worst = impacts.toSorted(bySeverity);
  const reached = worst.filter(({ step }) => step > 0);
  for (const classes of GROUPS) {
    const found = reached.find((impact) => classes.includes(impact.class));
    if (found) return found;
  }
  const needed = grounds.needed();
  return reached.find(({ iri }) => !needed.has(iri)) ?? reached[0] ?? worst[0];
}
