// Search by label, alias, identifier or IRI; "type:company" narrows it to a class.
import { nodes } from "./data.js";
import { degree } from "./graph.js";

/**
 * Without accents and capitals.
 * @param {string} value
 */
export const plain = (value) => value.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const haystacks = nodes.map((node) =>
  [node.label, ...node.alias, ...node.identifier, node.iri.split(/[/#:]/).at(-1) ?? ""].map(plain),
);

/** @param {string} query */
export function search(query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const types = words.filter((word) => word.startsWith("type:")).map((word) => word.slice(5));
  const wanted = words.filter((word) => !word.startsWith("type:")).join(" ");
  if (!words.length) return [];
  /** @param {Entity} node */
  const typed = (node) =>
    types.every((type) => plain(node.class.name).startsWith(type) || plain(node.class.label).startsWith(type));
  /**
   * Better: the whole name, then its start, then the start of a word, then anywhere.
   * @param {string[]} names
   */
  const score = (names) =>
    Math.min(
      ...names.map((name, i) => {
        const at = name.indexOf(wanted);
        if (at < 0) return Infinity;
        return (name === wanted ? 0 : at === 0 ? 1 : /\s/.test(name[at - 1]) ? 2 : 3) + (i ? 0.5 : 0);
      }),
    );
  return nodes
    .filter((node) => node.inWorld && typed(node))
    .map((node) => ({ node, score: score(haystacks[node.index]) }))
    .filter((hit) => hit.score < Infinity)
    .sort((a, b) => a.score - b.score || degree(b.node.index) - degree(a.node.index))
    .map((hit) => hit.node);
}
