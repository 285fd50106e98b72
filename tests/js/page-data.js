// A small page's data, as graph/knockon/present/page/page_data.py sends it: columns, and rows of a table of strings.

/** @typedef {[dependant: string, need: string, criticality?: number | null, provider?: string, since?: string]} Need */
/** @typedef {[entity: string, loss: number, step: number, cause?: string]} LossRow */
/** @typedef {[cause: string, effect: string, back: 0 | 1]} Shortage */
/** @typedef {{ kind: 0 | 1, from: number, to: number, criticality: number | null, usedBy: number, since: string }} LinkRow */
/**
 * @typedef {object} Contents
 * @property {string[]} entities the labels of the entities, which are their names too
 * @property {Need[]} needs
 * @property {LossRow[]} [losses] of the run of a shock; none: the page has no cascade
 * @property {Shortage[]} [shortages]
 * @property {number} [fold] how many of a step are drawn
 * @property {(name: string) => string} [classOf]
 * @property {Record<string, string[]>} [alias]
 * @property {Record<string, string>} [since] from which day an entity is there
 * @property {PageData["portfolio"]} [portfolio]
 */
const BASE = "https://example.org/";

/** @param {unknown[]} rows */
const zeros = (rows) => rows.map(() => 0);
/** @param {unknown[]} rows */
const lists = (rows) => rows.map(() => /** @type {number[]} */ ([]));

class Strings {
  list = [""];
  /** @param {string} value */
  row = (value) => {
    if (!this.list.includes(value)) this.list.push(value);
    return this.list.indexOf(value);
  };
}

/**
 * @param {Contents} contents
 * @returns {PageData} to be given to provide()
 */
export function pageData(contents) {
  const { entities, needs, classOf = () => "Company" } = contents;
  const strings = new Strings();
  const names = [...new Set(entities.map((name) => classOf(name)))].sort();
  const links = linkRows(entities, needs);
  const cascade = contents.losses && { cascade: runTable(contents, contents.losses, strings) };
  return {
    format: 1,
    title: "Test",
    base: BASE,
    strings: strings.list,
    classes: names.map((name) => ({ name, label: name, letter: name.slice(0, 2), family: "organisation" })),
    kinds: [
      { key: "dependsOn", family: "need", label: "depends on", inverse: "needed by" },
      { key: "supply", family: "need", label: "supplied by", inverse: "supplies" },
    ],
    documents: { id: [], issued: [], publisher: [], retrieved: [], title: [], url: [] },
    evidence: { document: [], start: [], end: [], place: [], stance: [], claimant: [] },
    nodes: nodeColumns(contents, names, strings),
    edges: {
      fact: links.map((_, row) => [row]),
      from: links.map(({ from }) => from),
      kind: links.map(({ kind }) => kind),
      to: links.map(({ to }) => to),
    },
    facts: factColumns(links, strings),
    members: [],
    days: { named: [], of: 0, stop: [] },
    ...cascade,
    ...(contents.portfolio && { portfolio: contents.portfolio }),
  };
}

/**
 * @param {string[]} entities
 * @param {Need[]} needs
 * @returns {LinkRow[]}
 */
function linkRows(entities, needs) {
  const row = (/** @type {string} */ name) => entities.indexOf(name);
  return needs.flatMap(([dependant, need, criticality = null, provider = "", since = ""]) => {
    const [from, to] = [row(dependant), row(need)];
    /** @type {LinkRow[]} */
    const dependency = [{ kind: 0, from, to, criticality, usedBy: -1, since }];
    return provider
      ? [...dependency, { kind: 1, from: to, to: row(provider), criticality: null, usedBy: from, since }]
      : dependency;
  });
}
/**
 * @param {Contents} contents
 * @param {string[]} names of the classes
 * @param {Strings} strings
 */
function nodeColumns({ entities, classOf = () => "Company", alias = {}, since = {} }, names, strings) {
  return {
    alias: entities.map((name) => (alias[name] ?? []).map(strings.row)),
    class: entities.map((name) => names.indexOf(classOf(name))),
    comment: zeros(entities),
    evidence: lists(entities),
    id: entities.map(strings.row),
    identifier: lists(entities),
    inferred: zeros(entities),
    label: entities.map(strings.row),
    since: entities.map((name) => strings.row(since[name] ?? "")),
    until: zeros(entities),
    x: entities.map((_, place) => 100 * place),
    y: zeros(entities),
  };
}
/**
 * @param {LinkRow[]} links
 * @param {Strings} strings
 */
function factColumns(links, strings) {
  return {
    criticality: links.map(({ criticality }) => criticality),
    ends: links.map(({ from, to }) => [from, to]),
    evidence: lists(links),
    headline: zeros(links),
    inferred: zeros(links),
    judged: lists(links),
    kind: links.map(({ kind }) => kind),
    notes: lists(links),
    record: links.map((_, row) => strings.row(`record-${row}`)),
    since: links.map(({ since }) => strings.row(since)),
    until: zeros(links),
    usedBy: links.map(({ usedBy }) => usedBy),
  };
}
/**
 * @param {Contents} contents
 * @param {LossRow[]} losses
 * @param {Strings} strings
 * @returns {RunTable}
 */
export function runTable({ entities, shortages = [], fold = 2, classOf = () => "Company" }, losses, strings) {
  const order = losses.map(([name]) => name);
  return {
    run: { shock: "shock", shock_label: "Shock" },
    fold,
    impacts: {
      binding: lists(losses),
      cause: losses.map(([, , , cause = ""]) => order.indexOf(cause)),
      class: losses.map(([name]) => strings.row(classOf(name))),
      entity: losses.map(([name]) => strings.row(BASE + name)),
      evidence: lists(losses),
      high: losses.map(([, loss]) => Math.min(1, loss + 0.1)),
      inferred: lists(losses),
      judged: lists(losses),
      label: losses.map(([name]) => strings.row(name)),
      loss: losses.map(([, loss]) => loss),
      low: losses.map(([, loss]) => Math.max(0, loss - 0.1)),
      node: losses.map(([name]) => entities.indexOf(name)),
      rests: zeros(losses),
      stance: zeros(losses),
      ungraded: zeros(losses),
      x: losses.map(([, , step]) => step),
      y: losses.map((_, place) => place),
    },
    shortages: shortages.map(([cause, effect, back]) => [order.indexOf(cause), order.indexOf(effect), back]),
  };
}
