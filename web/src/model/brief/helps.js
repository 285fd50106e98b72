// What would help, in the words of graph/knockon/present/report/remedy_lines.py: every number is a run of the model with that change.
import { facts, nodes } from "../data.js";
import { percent, range } from "../format.js";
import { MONEY } from "../hit-groups.js";
import { leverTitle, linkName } from "../question.js";
import { counted, numberWord } from "../phrases.js";
import { joined, name, names } from "./lines.js";

// The most needs that are named for one change; the most second sources that the least share is chosen from.
const [NAMED, LISTED] = [3, 10];
const ROUNDING = 1e-9;
// What other business can make up for.
const BUSINESS = ["RevenueStream", "Contract"];

/** @typedef {{ share: number, loss: number, low: number, high: number, needs: Omit<NeedOnWay, "slot">[], slots: number[] }} Halving */

/**
 * The changes that would help an entity, or that nothing does.
 * @param {string} label of the entity
 * @param {Remedies | null} remedies null where it loses nothing
 * @param {(node: number) => number} stepOf the step at which an entity is harmed
 * @returns {BriefLine[]}
 */
export function helpLines(label, remedies, stepOf) {
  if (!remedies) return [[name(label), " loses nothing under this shock: there is nothing to save."]];
  const sources = leastShares(remedies, stepOf);
  const first = sources.length ? secondSources(label, remedies, sources) : nothingHalves(label, remedies);
  return [first, ...alternativeLine(remedies)];
}
/**
 * The second sources that halve the loss with the least share, those nearest to the shock first; those of money, and those of
 * what belongs to its dependant, are left out where there are others.
 * @param {Remedies} remedies
 * @param {(node: number) => number} stepOf
 * @returns {Halving[]}
 */
export function leastShares({ sources, pairs }, stepOf) {
  const single = sources.flatMap(({ halving, slot, ...need }) =>
    halving ? [{ ...halving, slots: [slot], needs: [need] }] : [],
  );
  const all = [...single, ...pairs.found]
    .sort((a, b) => a.share - b.share || a.slots[0] - b.slots[0] || (a.slots[1] ?? 0) - (b.slots[1] ?? 0))
    .slice(0, LISTED);
  const notMoney = all.filter(({ needs }) => !needs.some(isOfMoney));
  const bought = notMoney.filter(({ needs }) => !needs.some(isOwn));
  const supplied = bought.length ? bought : notMoney.length ? notMoney : all;
  const steps = (/** @type {Halving} */ { needs }) => needs.map(({ dependant }) => stepOf(dependant));
  return supplied
    .filter(({ share }) => share === supplied[0].share)
    .sort((a, b) => steps(a)[0] - steps(b)[0] || (steps(a)[1] ?? 0) - (steps(b)[1] ?? 0));
}
/** Whether a second source means other business. @param {Pick<NeedOnWay, "dependant">} need */
export const isOfMoney = ({ dependant }) => MONEY.includes(nodes[dependant]?.class.name);
/** Whether what is needed is a part of who needs it, as its plant. @param {Pick<NeedOnWay, "dependant" | "need">} link */
const isOwn = ({ dependant, need }) =>
  (nodes[need]?.edges ?? []).some(({ from, to, kind }) => kind.key === "partOf" && from === need && to === dependant);
/** @param {number} node */
const labelOf = (node) => nodes[node]?.label ?? "one that is not drawn";
/** @param {Pick<NeedOnWay, "dependant" | "need">} link @returns {BriefLine} */
const needOf = ({ dependant, need }) => [name(labelOf(need)), " for ", name(labelOf(dependant))];

/** @type {(label: string, remedies: Remedies, sources: Halving[]) => BriefLine} */
function secondSources(label, { before }, sources) {
  const [{ share, loss, low, high, needs }] = sources;
  const between = range({ low, high }) || percent(low);
  const change = `from ${percent(before.loss)} to ${percent(loss)}${between === percent(loss) ? "" : ` (${between})`}`;
  const part = share === 1 ? "all" : percent(share);
  if (needs.length > 1) return twoSources(label, sources, change, part);
  const links = sources.map(({ needs: [need] }) => need);
  if (links.every(({ need }) => BUSINESS.includes(nodes[need]?.class.name))) {
    const labels = links.slice(0, NAMED).map(({ need }) => [name(labelOf(need))]);
    const business = joined(labels, ", of ", " or of ");
    return [
      `Other business that makes up for ${part} of `,
      ...business,
      " halves the loss of ",
      name(label),
      `, ${change}.`,
    ];
  }
  const more = links.length - NAMED;
  const shown = joined(links.slice(0, NAMED).map(needOf), ", of ", more > 0 ? ", of " : ", or of ");
  const others = more > 0 ? `, or of ${counted(more, "other need")}` : "";
  return [
    `A second source that takes over ${part} of the need halves the loss of `,
    name(label),
    `, ${change}: of `,
    ...shown,
    `${others}.`,
    ...noAlternative(links.slice(0, NAMED)),
  ];
}
/** @type {(label: string, sources: Halving[], change: string, part: string) => BriefLine} */
function twoSources(label, sources, change, part) {
  const others = sources.length > 1 ? `, or of ${counted(sources.length - 1, "other pair")}` : "";
  return [
    "No single second source halves the loss of ",
    name(label),
    `; two together do, ${change}, if each takes over ${part} of the need: of `,
    ...joined(sources[0].needs.map(needOf), ", ", ", and of "),
    `${others}.`,
  ];
}
/** @param {Omit<NeedOnWay, "slot">[]} needs @returns {BriefLine} */
function noAlternative(needs) {
  const without = needs.filter(({ fact }) =>
    facts[fact]?.notes.some(([note, value]) => note === "alternatives" && value === "no alternative"),
  );
  if (!without.length) return [];
  return [
    " According to the data there is no alternative today for ",
    ...names(without.map(({ need }) => labelOf(need))),
    ".",
  ];
}
/** That no second source halves the loss, what saves most, and the reason. @type {(label: string, remedies: Remedies) => BriefLine} */
function nothingHalves(label, { before, sources, changes, pairs, obstacles, onWay, tried }) {
  if (obstacles.itself && !sources.length && !changes.length)
    return ["Nothing halves the loss of ", name(label), ": the shock hits it itself, as hard as it loses."];
  const helped = changes.some(({ loss }) => loss <= before.loss / 2 + ROUNDING);
  const first = helped ? "No second source halves the loss of " : "Nothing that was tried halves the loss of ";
  const two = pairs.of > 0 && pairs.of === pairs.tried && onWay === tried ? " and no two of them" : "";
  const best = bestChange(sources, changes);
  const saved = best && best.loss < before.loss ? ` What saves most, ${best.words}, leaves ${percent(best.loss)}.` : "";
  return [
    first,
    name(label),
    `${helped ? "" : `: no second source${two}`}.${saved}`,
    ...reason({ sources, changes, obstacles }),
  ];
}
/** @type {(sources: SourceRemedy[], changes: ChangeRemedy[]) => { loss: number, words: string } | null} */
function bestChange(sources, changes) {
  const whole = sources.map(({ fact, shares }) => ({ fact, ...shares[shares.length - 1] }));
  const all = [
    ...whole.map(({ fact, share, loss }) => ({ loss, lever: { fact, source: share } })),
    ...changes.map(({ loss, lever }) => ({ loss, lever })),
  ].filter(({ lever }) => lever.fact >= 0);
  const best = all.sort((a, b) => a.loss - b.loss)[0];
  return best ? { loss: best.loss, words: leverTitle(best.lever) } : null;
}
/** Why nothing saves anything; nothing where something does. @param {Pick<Remedies, "sources" | "changes" | "obstacles">} found @returns {BriefLine} */
function reason({ sources, changes, obstacles: { hit, ties } }) {
  if (sources.length || changes.length) return [];
  if (hit.length) {
    const labels = hit.map((fact) => (fact < 0 ? "a need that is not drawn" : linkName(fact)));
    return [" The shock cuts ", ...names(labels, NAMED), " itself, whoever supplies."];
  }
  if (!ties.length) return [];
  const [{ node, loss, ways }] = ties;
  return [" ", name(labelOf(node)), ` loses ${percent(loss)} in ${numberWord(ways)} equally bad ways.`];
}
/** The alternative of the records that saves most. @param {Remedies} remedies @returns {BriefLine[]} */
function alternativeLine({ changes }) {
  const best = changes.find(({ lever }) => "supplier" in lever);
  if (!best || !("supplier" in best.lever)) return [];
  return [
    [
      "An alternative that the data name, ",
      name(labelOf(best.lever.supplier)),
      ", for the need of ",
      name(labelOf(best.dependant)),
      " for ",
      name(labelOf(best.need)),
      best.loss > 0 ? `, brings the loss to ${percent(best.loss)}.` : ", ends the loss.",
    ],
  ];
}
