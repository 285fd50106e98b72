// A small page's data, as graph/knockon/present/page/page_data.py sends it: columns, and rows of a table of strings.

const COLUMNS = {
  nodes: [
    "alias",
    "class",
    "comment",
    "evidence",
    "id",
    "identifier",
    "inferred",
    "label",
    "since",
    "until",
    "x",
    "y",
  ],
  edges: ["fact", "from", "kind", "to"],
  facts: [
    ...[
      "criticality",
      "ends",
      "evidence",
      "headline",
      "inferred",
      "judged",
      "kind",
      "notes",
      "record",
    ],
    ...["since", "until", "usedBy"],
  ],
};
const columns = (names, rows) =>
  Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));

/**
 * Entities by name, and needs: [dependant, need, criticality, provider?, since?]. Losses: [entity, loss, step, cause].
 * Shortages: [cause, effect, 1 where that leads back].
 * @returns the data of a page, to be given to provide()
 */
export function pageData({
  entities,
  needs,
  losses = null,
  shortages = [],
  classOf = () => "Company",
  alias = {},
}) {
  const strings = [""];
  const text = (value) => {
    if (!strings.includes(value)) strings.push(value);
    return strings.indexOf(value);
  };
  const row = (name) => entities.indexOf(name);
  const names = [...new Set(entities.map(classOf))].sort();
  const nodes = entities.map((name, place) => ({
    alias: (alias[name] ?? []).map(text),
    class: names.indexOf(classOf(name)),
    comment: 0,
    evidence: [],
    id: text(name),
    identifier: [],
    inferred: 0,
    label: text(name),
    since: 0,
    until: 0,
    x: 100 * place,
    y: 0,
  }));
  const facts = [];
  const edges = [];
  const link = (
    kind,
    from,
    to,
    { criticality = null, usedBy = -1, since = "" } = {},
  ) => {
    edges.push({ fact: [facts.length], from, kind, to });
    facts.push({
      ...{
        criticality,
        ends: [from, to],
        evidence: [],
        headline: 0,
        inferred: 0,
        judged: [],
        kind,
        notes: [],
      },
      ...{
        record: text(`record-${facts.length}`),
        since: text(since),
        until: 0,
        usedBy,
      },
    });
  };
  for (const [
    dependant,
    need,
    criticality = null,
    provider = "",
    since = "",
  ] of needs) {
    link(0, row(dependant), row(need), { criticality, since });
    if (provider)
      link(1, row(need), row(provider), { usedBy: row(dependant), since });
  }
  const data = {
    format: 1,
    title: "Test",
    base: "https://example.org/",
    strings,
    classes: names.map((name) => ({
      name,
      label: name,
      letter: name.slice(0, 2),
      family: "organisation",
    })),
    kinds: [
      {
        key: "dependsOn",
        family: "need",
        label: "depends on",
        inverse: "needed by",
      },
      {
        key: "supply",
        family: "need",
        label: "supplied by",
        inverse: "supplies",
      },
    ],
    documents: { id: [], issued: [], title: [] },
    evidence: { document: [], start: [], end: [], stance: [], claimant: [] },
    nodes: columns(COLUMNS.nodes, nodes),
    edges: columns(COLUMNS.edges, edges),
    facts: columns(COLUMNS.facts, facts),
    members: [],
    days: { named: [], of: 0, stop: [] },
  };
  if (losses) data.cascade = cascade({ losses, shortages, classOf, text, row });
  return data;
}

function cascade({ losses, shortages, classOf, text, row }) {
  const order = losses.map(([name]) => name);
  const impacts = losses.map(([name, loss, step, cause = ""], place) => ({
    ...{
      binding: [],
      cause: order.indexOf(cause),
      class: text(classOf(name)),
      entity: text(`https://example.org/${name}`),
    },
    ...{
      evidence: [],
      high: Math.min(1, loss + 0.1),
      inferred: [],
      judged: [],
      label: text(name),
      loss,
    },
    ...{
      low: Math.max(0, loss - 0.1),
      node: row(name),
      rests: 0,
      stance: 0,
      ungraded: 0,
      x: step,
      y: place,
    },
  }));
  return {
    run: { shock: "shock", shock_label: "Shock" },
    fold: 2,
    impacts: columns(Object.keys(impacts[0]), impacts),
    shortages: shortages.map(([cause, effect, back]) => [order.indexOf(cause), order.indexOf(effect), back]),
  };
}
