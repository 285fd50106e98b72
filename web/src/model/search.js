// Search by label, alias, identifier or IRI: words in any order, parts of words, and a wrong letter or two;
// "type:company" narrows it to a class.
import { nodes } from "./data.js";
import { degree } from "./graph.js";

// No more of a query is looked at, whoever writes it.
const [LONGEST, WORDS] = [200, 8];
// Of a name, no more words and letters.
const [NAME, NAME_WORDS] = [400, 40];
/**
 * Without accents and capitals.
 * @param {string} value
 */
export const plain = (value) => value.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
/** @param {string} value */
const wordsOf = (value) => value.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
/** @typedef {{ name: string, words: string[] }} Name */
/** @type {Name[][]} */
const names = nodes.map((node) =>
  [node.label, ...node.alias, ...node.identifier, node.iri.split(/[/#:]/).at(-1) ?? ""].map((text) => {
    const name = plain(text.slice(0, NAME));
    return { name, words: wordsOf(name).slice(0, NAME_WORDS) };
  }),
);

/** How many letters of a word may be wrong. @param {string} word */
const slips = (word) => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);
/**
 * Whether a word becomes another, or its beginning, by at most `most` letters that are added, left out, exchanged or wrong
 * (Damerau and Levenshtein, where neighbours may swap).
 * @param {string} word
 * @param {string} other
 * @param {number} most
 */
export function isNear(word, other, most) {
  if (other.length < word.length - most) return false;
  const target = other.slice(0, word.length + most);
  let [two, one] = [/** @type {number[]} */ ([]), Array.from({ length: target.length + 1 }, (_, i) => i)];
  for (let row = 1; row <= word.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= target.length; column += 1) {
      const cost = word[row - 1] === target[column - 1] ? 0 : 1;
      let least = Math.min(one[column] + 1, next[column - 1] + 1, one[column - 1] + cost);
      const swapped =
        row > 1 && column > 1 && word[row - 1] === target[column - 2] && word[row - 2] === target[column - 1];
      if (swapped) least = Math.min(least, two[column - 2] + 1);
      next.push(least);
    }
    if (Math.min(...next) > most) return false;
    [two, one] = [one, next];
  }
  // What is written may be the beginning of the word.
  return Math.min(...one) <= most;
}
const NOT = Infinity;
/**
 * Better: the whole name, then its start, then the start of a word, then anywhere; then all words in any order, by their
 * beginnings or as parts; last what is nearly so.
 * @param {Name} name
 * @param {string} wanted
 * @param {string[]} words
 */
function score({ name, words: own }, wanted, words) {
  if (name === wanted) return 0;
  const at = name.indexOf(wanted);
  if (at === 0) return 1;
  if (at > 0) return /[\p{L}\p{N}]/u.test(name[at - 1]) ? 4 : 2;
  if (!words.length) return NOT;
  if (words.every((word) => own.some((item) => item.startsWith(word)))) return 3;
  if (words.every((word) => name.includes(word))) return 5;
  if (words.every((word) => own.some((item) => item.startsWith(word) || isNear(word, item, slips(word))))) return 6;
  return NOT;
}

/** @param {string} query */
export function search(query) {
  const all = plain(query.slice(0, LONGEST)).split(/\s+/).filter(Boolean);
  if (!all.length) return [];
  const types = all.filter((word) => word.startsWith("type:")).map((word) => word.slice(5));
  const wanted = all.filter((word) => !word.startsWith("type:")).join(" ");
  const words = wordsOf(wanted).slice(0, WORDS);
  /** @param {Entity} node */
  const typed = (node) =>
    types.every((type) => plain(node.class.name).startsWith(type) || plain(node.class.label).startsWith(type));
  /** @param {Name[]} known */
  const best = (known) => Math.min(...known.map((name, i) => score(name, wanted, words) + (i ? 0.5 : 0)));
  return nodes
    .filter((node) => node.inWorld && typed(node))
    .map((node) => ({ node, score: best(names[node.index]) }))
    .filter((hit) => hit.score < NOT)
    .sort((a, b) => a.score - b.score || degree(b.node.index) - degree(a.node.index))
    .map((hit) => hit.node);
}
