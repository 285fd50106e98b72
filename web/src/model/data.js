// What the page knows, read into objects. Text stays text from here on.
import { data } from "./source.js";

export const raw = data();
/** A string of the table. @type {(row: number) => string} */
export const text = (row) => raw.strings[row];
/** The IRI that a string of the table is short for. @type {(row: number) => string} */
export const iri = (row) => (text(row).includes(":") ? text(row) : raw.base + text(row));
/**
 * Columns as rows: {a: [1, 2], b: [3, 4]} becomes [{a: 1, b: 3}, {a: 2, b: 4}].
 * @template {Record<string, unknown[] | undefined>} Columns
 * @param {Columns} columns
 * @returns {Row<Columns>[]}
 */
export const rows = (columns) => {
  const keys = Object.keys(columns);
  return (columns[keys[0]] ?? []).map(
    (_, row) => /** @type {Row<Columns>} */ (Object.fromEntries(keys.map((key) => [key, columns[key]?.[row]]))),
  );
};

export const kinds = raw.kinds;
export const classes = raw.classes;
/** @type {SourceDocument[]} */
export const documents = rows(raw.documents).map((d) => ({
  title: text(d.title),
  publisher: text(d.publisher),
  issued: text(d.issued),
  iri: iri(d.id),
  url: text(d.url),
  retrieved: text(d.retrieved),
  changed: Boolean(d.changed),
}));
/** @type {Evidence[]} */
export const evidence = rows(raw.evidence).map((e) => ({
  start: e.start,
  end: e.end,
  place: text(e.place),
  document: documents[e.document],
  stance: text(e.stance),
  claimant: text(e.claimant),
  words: e.words === undefined ? "" : text(e.words),
}));
/** @type {(list: number[]) => Note[]} */
export const pairs = (list) =>
  Array.from({ length: list.length / 2 }, (_, i) => [text(list[2 * i]), text(list[2 * i + 1])]);
/** @type {Fact[]} */
export const facts = rows(raw.facts).map((f, index) => ({
  index,
  kind: kinds[f.kind],
  record: iri(f.record),
  ends: f.ends,
  headline: text(f.headline),
  notes: pairs(f.notes),
  judged: new Set(f.judged.map(text)),
  criticality: f.criticality,
  inferred: Boolean(f.inferred),
  evidence: f.evidence.map((e) => evidence[e]),
  usedBy: f.usedBy,
  since: text(f.since),
  until: text(f.until),
  // Whether the world that is on has it: see world-filter.js.
  inWorld: true,
}));
/** @type {Entity[]} */
export const nodes = rows(raw.nodes).map((n, index) => ({
  index,
  iri: iri(n.id),
  label: text(n.label),
  alias: n.alias.map(text),
  identifier: n.identifier.map(text),
  comment: text(n.comment),
  inferred: Boolean(n.inferred),
  evidence: n.evidence.map((e) => evidence[e]),
  class: classes[n.class],
  x: n.x,
  y: n.y,
  facts: [],
  edges: [],
  since: text(n.since),
  until: text(n.until),
  inWorld: true,
  // Whether the world that is on knows only its name.
  bare: false,
}));
/** @type {Link[]} */
export const edges = rows(raw.edges).map((e, index) => ({
  index,
  from: e.from,
  to: e.to,
  kind: kinds[e.kind],
  facts: e.fact.map((f) => facts[f]),
  inWorld: true,
}));

for (const fact of facts) {
  const about = fact.usedBy >= 0 ? [...fact.ends, fact.usedBy] : fact.ends;
  for (const end of new Set(about)) nodes[end].facts.push(fact);
}
for (const edge of edges) {
  nodes[edge.from].edges.push(edge);
  nodes[edge.to].edges.push(edge);
}
/** The end of a link that is not this one. @type {(edge: Link, node: number) => number} */
export const other = (edge, node) => (edge.from === node ? edge.to : edge.from);
