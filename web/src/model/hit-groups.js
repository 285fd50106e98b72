// Those that a shock hits in groups by class and loss, as graph/knockon/analysis/report/hit_groups.py has them.
import { byCode, groupedBy } from "./order.js";

/** The classes of money, and those of who may be a customer: a brief names these first. */
export const MONEY = ["RevenueStream", "Contract", "Funding"];
export const CUSTOMERS = [
  "Company",
  "BusinessUnit",
  "Institution",
  "GovernmentBody",
  "Organization",
  "Group",
  "Market",
];
const ORDER = [...MONEY, ...CUSTOMERS, "Product", "Service"];
/** The place of a class in the order of groups of one loss. @param {string} name */
const classRank = (name) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

/**
 * A group of impacts, which have one loss; its class is that of the first.
 * @param {Impact[]} impacts
 * @returns {HitGroup}
 */
export function groupOf(impacts) {
  const members = impacts.toSorted((a, b) => byCode(a.label, b.label) || byCode(a.iri, b.iri));
  return {
    class: impacts[0].class,
    isHit: impacts[0].step === 0,
    loss: impacts[0].loss,
    low: Math.min(...impacts.map(({ low }) => low)),
    high: Math.max(...impacts.map(({ high }) => high)),
    members,
  };
}
/**
 * The greatest loss first, then money, customers, what is sold, the rest; what the shock hits itself is apart.
 * @param {Impact[]} impacts
 */
export function hitGroups(impacts) {
  const groups = groupedBy(impacts, (impact) => `${impact.loss} ${impact.class} ${impact.step === 0}`);
  return [...groups.values()]
    .map(groupOf)
    .sort(
      (a, b) =>
        b.loss - a.loss ||
        classRank(a.class) - classRank(b.class) ||
        byCode(a.class, b.class) ||
        Number(a.isHit) - Number(b.isHit),
    );
}
