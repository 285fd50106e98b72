// What is known, of what is not, and what to watch, in the words of graph/knockon/present/report/knowledge.py.
import { shocks } from "../computed/shocks.js";
import { facts, nodes, raw } from "../data.js";
import { percent, range } from "../format.js";
import { byCode } from "../order.js";
import { capitalized, counted, numberWord } from "../phrases.js";
import { linkName } from "../question.js";
import { causalPath } from "../runs.js";
import { cited, name, names, oneEach } from "./lines.js";

// The most hits, measures and steps of a chain that a brief names.
const [HITS, MEASURES, STEPS, QUESTIONS, ENDINGS] = [2, 2, 6, 3, 2];
/** The kinds of discrepancies that leave something open. */
const OPEN = ["disagreement", "tension", "scope", "not comparable", "gap"];

/**
 * What is hit, how the harm reaches the entity on which the brief concentrates, and the legal basis.
 * @param {Impact[]} impacts
 * @param {Grounds} grounds
 * @param {Impact | undefined} focus
 */
export const knownLines = (impacts, grounds, focus) => [
  ...hitLines(grounds),
  ...(focus ? chainLines(causalPath(focus, impacts), grounds) : []),
  ...measuresOf(grounds).map(({ label, kind, status, evidence }) => [
    "Legal basis: ",
    name(label),
    `, ${kind || "a measure"}, ${status || "its status is not given"}`,
    ...cited(evidence, 2),
    ".",
  ]),
];
/** The name of what is hit, within a sentence. @param {Pick<GivenHit, "iri" | "node">} hit */
export function hitName({ iri, node }) {
  const fact = node ? undefined : facts.find(({ record }) => record === iri);
  if (!fact) return node || iri.slice(iri.lastIndexOf("/") + 1);
  const [one, other] = fact.ends.map((end) => nodes[end].label);
  if (fact.kind.key === "supply" && other) return `the supply from ${other}`;
  return fact.kind.key === "provision" && other ? `the provision of ${one} by ${other}` : linkName(fact.index);
}
/** @param {Grounds} grounds */
function hitLines(grounds) {
  const targets = grounds.targets();
  const more = targets.length - HITS;
  return targets.slice(0, HITS).map((hit, place) => {
    const [low, point, high] = hit.severity;
    const amount = hit.ungraded ? (raw.network?.words.unstated ?? "") : percent(point);
    const between = range({ low, high });
    const span = hit.ungraded || !between || between === amount ? "" : ` (${between})`;
    const judged = hit.judged && !hit.ungraded ? ", as the authors of the data judged" : "";
    const others = more > 0 && place === HITS - 1 ? ` It hits ${counted(more, "other target")} as well.` : "";
    return [
      "The shock hits ",
      name(hitName(hit)),
      ` by ${amount}${span}${judged}`,
      ...cited(hit.evidence, 2),
      `.${others}`,
    ];
  });
}
/**
 * The way of the harm to an entity.
 * @param {Impact[]} path from the shock on
 * @param {Grounds} grounds
 * @returns {BriefLine[]}
 */
function chainLines(path, grounds) {
  // What is hit itself is no link.
  const links = path.filter(({ step, dependency }) => step > 0 && dependency);
  if (!links.length) return [];
  const [first] = path;
  const origin = first.step === 0 ? first.label : originOf(first, grounds);
  const shown = links.slice(0, STEPS).flatMap(({ label }, place) => [place ? ", then " : "", name(label)]);
  const rest = links.length - STEPS;
  const onTo = rest > 0 ? [` and ${counted(rest, "step")} on to `, name(links[links.length - 1].label)] : [];
  const isStated = (/** @type {Impact} */ { evidence, facts: own }) =>
    evidence.length > 0 && !own.some((one) => one.inferred);
  const stated = links.filter(isStated);
  const some = `${numberWord(stated.length)} of the ${counted(links.length, "link")} ${stated.length === 1 ? "has" : "have"} a source`;
  const sourced =
    stated.length === links.length ? "each link has a source" : stated.length ? some : "no link has a source";
  const amount = `, which loses ${percent(links[links.length - 1].loss)}`;
  const evidence = oneEach(stated.flatMap((link) => link.evidence));
  return [
    [
      "From ",
      name(origin),
      " the harm goes to ",
      ...shown,
      ...onTo,
      `${amount}; ${sourced}`,
      ...cited(evidence, 3),
      ".",
    ],
  ];
}
/** The hit of a link by which the first entity of a path loses something. @type {(first: Impact, grounds: Grounds) => string} */
function originOf({ dependency, facts: own }, grounds) {
  const targets = grounds.targets();
  const records = new Set([dependency, ...own.map(({ record }) => record), ...suppliesOf(dependency)]);
  const hit = targets.find(({ iri, node }) => !node && records.has(iri)) ?? targets[0];
  return hit ? hitName(hit) : "the shock";
}
/** The supplies of a dependency go by its name, with that of the supplier. @param {string} dependency */
const suppliesOf = (dependency) =>
  facts
    .filter(({ kind, record }) => kind.key === "supply" && record.startsWith(`${dependency}--`))
    .map(({ record }) => record);

/** The measures that the shock rests on. @param {Grounds} grounds */
function measuresOf({ row }) {
  const found = row < 0 ? [] : shocks[row].measures.slice(0, MEASURES);
  return found.flatMap((measure) => {
    const node = nodes.find(({ iri }) => iri === measure.iri);
    return node ? [{ ...measure, node, label: node.label, evidence: node.evidence }] : [];
  });
}
/** Where a measure holds. @param {Entity} node */
const placesOf = (node) =>
  node.facts
    .filter(({ kind, record }) => kind.key === "jurisdiction" && record === node.iri)
    .map(({ ends, headline }) => nodes[ends[1]]?.label ?? headline)
    .filter(Boolean);

/**
 * What is not known, from the facts of the run.
 * @param {Way} way
 * @param {Grounds} grounds
 * @param {Run} run
 * @param {boolean} isHurt whether anything loses anything
 * @returns {BriefLine[]}
 */
export function unknownLines(way, grounds, run, isHurt) {
  const ungraded = grounds
    .targets()
    .filter((hit) => hit.ungraded)
    .map(hitName);
  /** @type {BriefLine[]} */
  const lines = [...sourceLines(way, isHurt)];
  if (ungraded.length) lines.push(["How hard it hits ", ...names(ungraded, 3), `: by ${raw.network?.words.unstated}.`]);
  if (isHurt && (run.unknown_share ?? 0) > 0) {
    const onWay = `${way.unknown ? numberWord(way.unknown) : "none"} of these on the way`;
    lines.push([`How critical ${percent(run.unknown_share ?? 0)} of all links are: no source says (${onWay}).`]);
  }
  const are = (/** @type {number} */ number, /** @type {string} */ one, /** @type {string} */ many) =>
    number === 1 ? one : many;
  if (way.judged)
    lines.push([
      `${capitalized(counted(way.judged, "number"))} on the way ${are(way.judged, "is a judgement of the authors of the data, not a figure", "are judgements of the authors of the data, not figures")} of a source.`,
    ]);
  if (way.inferred)
    lines.push([
      `${capitalized(counted(way.inferred, "link"))} on the way ${are(way.inferred, "is inferred: no document states it", "are inferred: no document states them")}.`,
    ]);
  if (way.split) lines.push(["How far the suppliers on the way can replace each other: no source says."]);
  if (way.disputed)
    lines.push([
      `${capitalized(counted(way.disputed, "link"))} on the way ${are(way.disputed, "is described by several records", "are described by several records each")}, which differ.`,
    ]);
  return [
    ...lines,
    ...disputeLines(way),
    ["What no record states: a dependency that is not recorded carries no loss."],
  ];
}
/** What is weak about the sources on the way. @type {(way: Way, isHurt: boolean) => BriefLine[]} */
function sourceLines({ evidence, unsourced }, isHurt) {
  const [documents, undated] = [evidence.length, evidence.filter(({ document }) => !document.issued).length];
  const none = unsourced === 1 ? "has no source" : "have no source";
  const links = documents && unsourced ? [[`${capitalized(counted(unsourced, "link"))} on the way ${none}.`]] : [];
  if (documents === 1) {
    const kind = undated ? "undated document" : "document";
    return [
      [`Whether it is right: all rests on one ${kind}`, ...cited(evidence), ", and no other confirms it."],
      ...links,
    ];
  }
  if (!documents) return isHurt ? [["Whether it is right: no record on the way has a source."]] : [];
  if (undated === documents)
    return [[`Whether it still holds: none of the ${counted(documents, "document")} has a date.`], ...links];
  if (!undated) return links;
  const verb = undated === 1 ? "has" : "have";
  return [
    [`Whether all of it still holds: ${numberWord(undated)} of ${counted(documents, "document")} ${verb} no date.`],
    ...links,
  ];
}
/** The point in dispute about most of those on the way. @param {Way} way @returns {BriefLine[]} */
function disputeLines({ way, links }) {
  const onWay = new Set(way.map(({ node }) => node));
  const onLinks = new Set(facts.filter(({ record }) => links.has(record)).flatMap(({ ends }) => ends));
  const found = facts.flatMap((fact) => {
    const kind = fact.notes.find(([note]) => note === "discrepancy kind")?.[1] ?? "";
    const number = fact.ends.filter((end) => onWay.has(end) || onLinks.has(end)).length;
    return fact.kind.key === "discrepancy" && OPEN.includes(kind) && number ? [{ fact, kind, number }] : [];
  });
  const isOther = (/** @type {{ kind: string }} */ { kind }) => Number(kind !== "disagreement");
  found.sort((a, b) => isOther(a) - isOther(b) || b.number - a.number || byCode(a.fact.record, b.fact.record));
  return found.slice(0, 1).map(({ fact }) => ["In dispute or open between the sources: ", name(fact.headline), "."]);
}

/**
 * What to watch: the measures and dates of the shock, what ends, and what the documents ask about those hit.
 * @param {Way} way
 * @param {Impact[]} impacts
 * @param {Grounds} grounds
 * @param {string} day of the world; empty: all days
 * @returns {BriefLine[]}
 */
export function watchLines(way, impacts, grounds, day) {
  const measures = measuresOf(grounds);
  /** @type {BriefLine[]} */
  const lines = measures.map(({ label, status, node }) => {
    const places = placesOf(node);
    const dates = [node.since && `from ${node.since}`, node.until && `until ${node.until}`].filter(Boolean).join(" ");
    const where = places.length ? [" (", ...names(places, 3), ")"] : [];
    return [name(label), ...where, `: ${status || "status not given"}, ${dates || "no date is given"}.`];
  });
  const { since = "", until = "", label = "" } = grounds.row < 0 ? {} : shocks[grounds.row];
  const dates = [since && `begins on ${since}`, until && `ends on ${until}`].filter(Boolean);
  if (dates.length) lines.push([`The shock ${dates.join(" and ")}.`]);
  const told = [label, ...measures.map((measure) => measure.label)];
  lines.push(...endingLines(way, day, told), ...questionLines(impacts));
  return lines.length ? lines : [["The data have no measure, no date and no open question to watch."]];
}
/** Links and supplies on the way that end. @type {(way: Way, day: string, told: string[]) => BriefLine[]} */
function endingLines({ links }, day, told) {
  const ends = facts.filter(
    ({ record, until }) => until && until >= day && (links.has(record) || links.has(record.split("--")[0])),
  );
  const alike = new Map(ends.map((fact) => [fact.record, fact]));
  return [...alike.values()]
    .sort((a, b) => byCode(a.until, b.until) || byCode(a.record, b.record))
    .map(({ record, until, evidence }) => ({ label: hitName({ iri: record, node: "" }), until, evidence }))
    .filter(({ label }) => !told.includes(label))
    .slice(0, ENDINGS)
    .map(({ label, until, evidence }) => [name(capitalized(label)), ` ends on ${until}`, ...cited(evidence, 1), "."]);
}
/** What documents ask about those that are hit, the hardest hit first. @param {Impact[]} impacts @returns {BriefLine[]} */
function questionLines(impacts) {
  const losses = new Map(impacts.map(({ node, loss }) => [node, loss]));
  const found = facts.flatMap((fact) => {
    const asks = fact.evidence.filter(({ stance }) => stance === "Asks");
    const loss = losses.get(fact.ends[0]) ?? 0;
    const isLink = fact.ends.length === 2 && !["supply", "provision", "owns"].includes(fact.kind.key);
    return asks.length && loss > 0 && isLink ? [{ fact, asks, loss }] : [];
  });
  found.sort((a, b) => b.loss - a.loss || byCode(a.fact.record, b.fact.record));
  const shown = found.slice(0, QUESTIONS);
  if (!shown.length) return [];
  const label =
    (/** @type {number} */ end) =>
    (/** @type {{ fact: Fact }} */ { fact }) =>
      nodes[fact.ends[end]].label;
  const about = [...new Set(shown.map(label(0)))];
  const evidence = oneEach(shown.flatMap(({ asks }) => asks));
  const verb = shown.length === 1 ? "Open question" : "Open questions";
  return [
    [
      `${verb} of the documents about `,
      ...names(about, 3),
      ": ",
      ...names(shown.map(label(1)), 3),
      ...cited(evidence, 3),
      ".",
    ],
  ];
}
