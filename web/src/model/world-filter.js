// What the world that is on has. Rows stay where they are, and their contents follow the world: nodes, edges and facts
// read as in that world, and `inWorld` is false for those that are not part of it.
//
// A document's world is that of --according-to: Python listed its entities, those it only names, its facts,
// and what reads differently there (present/page/world_members.py). A day's world is that of --as-of: what began by then
// and has not ended, an end that is not given being open; the dates of documents play no part. A link is
// there where both its ends are, and a supply where its dependency is. `until` is empty for what happened or was measured.
import { documents, edges, facts, nodes, pairs, raw, text } from "./data.js";
import { toggled, total } from "./row-sets.js";

export const WHOLE = { document: -1, day: "" };
/** @param {World} world */
export const isWhole = (world) => world.document < 0 && !world.day;

// How everything reads in all sources.
const first = {
  facts: facts.map(({ ends, headline, notes, judged, criticality, evidence }) => ({
    ends,
    headline,
    notes,
    judged,
    criticality,
    evidence,
  })),
  edges: edges.map((edge) => edge.facts),
  nodes: nodes.map(({ alias, identifier, comment, evidence, inferred, facts: about, edges: lines }) => ({
    alias,
    identifier,
    comment,
    evidence,
    inferred,
    facts: about,
    edges: lines,
  })),
};
/** @param {number} document */
const membersOf = (document) => raw.members.find((members) => members.document === document);

function restore() {
  facts.forEach((fact, row) => Object.assign(fact, first.facts[row], { inWorld: true }));
  edges.forEach((edge, row) => Object.assign(edge, { facts: first.edges[row], inWorld: true }));
  nodes.forEach((node, row) => Object.assign(node, first.nodes[row], { inWorld: true, bare: false }));
}
/**
 * Only what rests on the document is cited there.
 * @param {SourceDocument} document
 */
const citing = (document) => (/** @type {Evidence[]} */ list) => list.filter((e) => e.document === document);

/** @param {number} row */
function markDocument(row) {
  const members = /** @type {Members} */ (membersOf(row));
  const entities = toggled(members.nodes, new Set());
  const [named, stated] = [toggled(members.named, entities), total(members.facts)];
  const cited = citing(documents[row]);
  for (const node of nodes) {
    node.inWorld = entities.has(node.index);
    if (named.has(node.index))
      Object.assign(node, { bare: true, alias: [], identifier: [], comment: "", inferred: false });
    node.evidence = cited(node.evidence);
  }
  for (const fact of facts) {
    fact.inWorld = stated.has(fact.index);
    fact.evidence = cited(fact.evidence);
  }
  for (const [fact, ends, headline, notes, judged, criticality] of members.other) {
    Object.assign(facts[fact], {
      ends,
      headline: text(headline),
      notes: pairs(notes),
      judged: new Set(judged.map(text)),
      criticality,
    });
  }
}
/**
 * @param {{ since: string, until: string }} record
 * @param {string} day
 */
const holds = (record, day) => (!record.since || record.since <= day) && (!record.until || day <= record.until);
/** @param {string} day */
function markDay(day) {
  // What does not hold and is named by what does keeps its name, and what it is part of.
  const named = new Set(raw.days.named[raw.days.stop.indexOf(day)]);
  for (const node of nodes) {
    node.inWorld = holds(node, day) || named.has(node.index);
    if (named.has(node.index))
      Object.assign(node, { bare: true, alias: [], identifier: [], comment: "", inferred: false, evidence: [] });
  }
  for (const fact of facts) {
    const ends = fact.ends.filter((end) => nodes[end].inWorld);
    const whole = ends.length === fact.ends.length && (fact.usedBy < 0 || nodes[fact.usedBy].inWorld);
    const kept = holds(fact, day) || (fact.kind.key === "partOf" && named.has(fact.ends[0]));
    // A fact about several entities is kept for those that are present; a link needs both.
    fact.inWorld = kept && (whole || (fact.kind.family === "listed" && ends.length > 0));
    fact.ends = ends.length ? ends : fact.ends;
  }
}
function gather() {
  for (const edge of edges) {
    edge.facts = edge.facts.filter((fact) => fact.inWorld);
    edge.inWorld = edge.facts.length > 0 && nodes[edge.from].inWorld && nodes[edge.to].inWorld;
  }
  for (const node of nodes) {
    node.facts = node.facts.filter(
      (fact) => node.inWorld && fact.inWorld && (fact.ends.includes(node.index) || fact.usedBy === node.index),
    );
    node.edges = node.edges.filter((edge) => edge.inWorld);
  }
}

let on = WHOLE;
export let population = nodes.length;
/** @param {World} world */
export function enter(world) {
  if (world.document === on.document && world.day === on.day) return false;
  on = world;
  restore();
  if (world.document >= 0) markDocument(world.document);
  else if (world.day) markDay(world.day);
  if (!isWhole(world)) gather();
  population = nodes.filter((node) => node.inWorld).length;
  return true;
}
export const present = () => ({
  nodes: nodes.filter((node) => node.inWorld),
  edges: edges.filter((edge) => edge.inWorld),
  facts: facts.filter((fact) => fact.inWorld),
});
