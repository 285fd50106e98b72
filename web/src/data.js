// What the page knows, read into objects. Text stays text from here on.
import { data } from "./source.js";

export const raw = data();
export const text = (row) => raw.strings[row];
const iri = (row) => (text(row).includes(":") ? text(row) : raw.base + text(row));
// Columns to rows: {a: [1, 2], b: [3, 4]} becomes [{a: 1, b: 3}, {a: 2, b: 4}].
export const rows = (columns) => {
  const keys = Object.keys(columns);
  return columns[keys[0]].map((_, row) => Object.fromEntries(keys.map((key) => [key, columns[key][row]])));
};

export const kinds = raw.kinds;
export const classes = raw.classes;
export const documents = rows(raw.documents).map((d) => ({ title: text(d.title), issued: text(d.issued), iri: iri(d.id) }));
const evidence = rows(raw.evidence).map((e) => ({
  ...e, document: documents[e.document], stance: text(e.stance), claimant: text(e.claimant),
}));
export const pairs = (list) => Array.from({ length: list.length / 2 }, (_, i) => [text(list[2 * i]), text(list[2 * i + 1])]);
export const facts = rows(raw.facts).map((f, index) => ({
  index,
  kind: kinds[f.kind],
  record: iri(f.record),
  ends: f.ends,
  headline: text(f.headline),
  notes: pairs(f.notes),
  judged: new Set(f.judged.map(text)),
  inferred: Boolean(f.inferred),
  evidence: f.evidence.map((e) => evidence[e]),
  usedBy: f.usedBy,
  since: text(f.since),
  until: text(f.until),
  // Whether the world that is on has it: see members.js.
  here: true,
}));
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
  here: true,
  // Whether the world that is on knows only its name.
  bare: false,
}));
export const edges = rows(raw.edges).map((e, index) => ({ index, from: e.from, to: e.to, kind: kinds[e.kind], facts: e.fact.map((f) => facts[f]), here: true }));

for (const fact of facts) {
  const about = fact.usedBy >= 0 ? [...fact.ends, fact.usedBy] : fact.ends;
  for (const end of new Set(about)) nodes[end].facts.push(fact);
}
for (const edge of edges) {
  nodes[edge.from].edges.push(edge);
  nodes[edge.to].edges.push(edge);
}
export const other = (edge, node) => (edge.from === node ? edge.to : edge.from);

// An impact run, one object an entity that lost something.
const readImpacts = (columns) => rows(columns).map((i, index) => ({
  index,
  node: i.node,
  iri: text(i.entity),
  label: text(i.label),
  class: text(i.class),
  loss: i.loss,
  low: i.low,
  high: i.high,
  step: i.x,
  rank: i.y,
  cause: i.cause,
  dependency: i.binding.length ? text(i.binding[0]) : "",
  facts: i.binding.slice(1).map((f) => facts[f]),
  evidence: i.evidence.map((e) => evidence[e]),
  stance: text(i.stance),
  inferred: i.inferred.map(text),
  judged: i.judged.map(text),
  rests: text(i.rests),
  ungraded: Boolean(i.ungraded),
}));
const read = new Map();
export function readRun(table) {
  if (!read.has(table)) read.set(table, { run: table.run, impacts: readImpacts(table.impacts), shortages: table.shortages, parts: (table.parts || []).map(([whole, part, label, loss]) => [whole, part, text(label), loss]), short: table.short || [] });
  return read.get(table);
}
// The run that is shown; another one in another world.
export let run = null;
export let impacts = [];
export let shortages = [];
// Why nothing is lost, where that needs a word.
export let silence = "";
export let impactOf = new Map();
// Worst parts by company; needs that lose nothing, and for whom they fall short.
export let parts = [];
export let short = [];
export function showRun(shown) {
  ({ run, impacts, shortages, parts = [], short = [], reason: silence = "" } = shown);
  impactOf = new Map(impacts.filter((i) => i.node >= 0).map((i) => [i.node, i]));
}
if (raw.cascade) showRun(readRun(raw.cascade));

// From the shock to an entity: the row itself last. A cause always stands at an earlier step, so this ends.
export function causalPath(impact, list = impacts) {
  const path = [impact];
  while (path[0].cause >= 0) path.unshift(list[path[0].cause]);
  return path;
}
