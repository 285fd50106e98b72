// The pairs of entities that may be one, what the reader says of them, and the file of judgements that `knockon load` reads.
import { iri, nodes, raw, rows, text } from "./data.js";

/** The keys of the verdicts, as in `knockon review --identity`. @type {Readonly<Record<VerdictKey, string>>} */
export const VERDICTS = Object.freeze({ s: "Same", d: "Different", u: "Unsure" });

const table = raw.identity;
const rowOf = new Map(nodes.map((node) => [node.iri, node.index]));
/** @type {IdentityPair[]} */
export const pairs = table
  ? rows({
      first: table.first,
      id: table.id,
      names: table.names,
      reason: table.reason,
      second: table.second,
      why: table.why,
    }).map(({ first, id, names, reason, second, why }, index) => ({
      index,
      id: text(id),
      iris: [iri(first), iri(second)],
      nodes: [iri(first), iri(second)].map((name) => rowOf.get(name) ?? -1),
      names: names.map(text),
      why: text(why),
      reason: text(reason),
    }))
  : [];
/** How many pairs there are, also those that are not on this page; and why none were looked for. */
export const allPairs = table?.of ?? 0;
export const unasked = text(table?.unasked ?? 0);
/** Whether the page has anything to say about identity. */
export const asksIdentity = pairs.length > 0 || Boolean(unasked);
/** The pairs that an entity is in. @param {number} node */
export const pairsOf = (node) => pairs.filter(({ nodes: ends }) => ends.includes(node));

/**
 * The pair that cannot stand beside the others: judged different, though a chain of others makes the two one.
 * @param {Judgements} judged
 * @returns {IdentityPair | undefined}
 */
export function contradicted(judged) {
  const parent = new Map();
  /** @type {(name: string) => string} */
  const top = (name) => (parent.has(name) ? top(parent.get(name)) : name);
  for (const { id, iris } of pairs)
    if (judged.get(id) === "s" && top(iris[0]) !== top(iris[1])) parent.set(top(iris[0]), top(iris[1]));
  return pairs.find(({ id, iris }) => judged.get(id) === "d" && top(iris[0]) === top(iris[1]));
}

/** A text in double quotes on one line: JSON is YAML too. @param {string} value */
const quoted = (value) => JSON.stringify(value.split(/\s+/).filter(Boolean).join(" "));
/**
 * The judgements as the file that `knockon review --identity` writes, by knockon/identity/judgement_file.py.
 * @param {Judgements} judged
 * @param {string} by who judges
 * @param {string} day as an ISO date
 */
export function judgementsYaml(judged, by, day) {
  const blocks = pairs
    .filter(({ id }) => judged.has(id))
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .flatMap(({ id, iris, reason }) => {
      const texts = { judgedBy: by, date: day, reason };
      return [
        `  ${id}:`,
        `    entity: [${iris.map(quoted).join(", ")}]`,
        `    verdict: ${VERDICTS[/** @type {VerdictKey} */ (judged.get(id))]}`,
        ...Object.entries(texts).flatMap(([name, value]) => (value ? [`    ${name}: ${quoted(value)}`] : [])),
      ];
    });
  return `${table?.header ?? ""}${["Judgement:", ...blocks].join("\n")}${blocks.length ? "" : " {}"}\n`;
}
