// Sentences of Python name records by the ends of their IRIs; the page shows what the records are called.
import { facts, nodes } from "./data.js";
import { shortName } from "./names.js";
import { linkName } from "./question.js";

/** By local name: of an entity its label, of a link its ends. @type {Map<string, string> | null} */
let called = null;
const local = (/** @type {string} */ iri) => shortName(iri).split(/[/#]/).at(-1) ?? "";
function names() {
  if (called) return called;
  called = new Map();
  for (const fact of facts.toReversed()) called.set(local(fact.record), linkName(fact.index));
  for (const { iri, label } of nodes) called.set(local(iri), label);
  return called;
}
/**
 * A sentence with the names of records in words. Only what has a hyphen or a digit is taken for the name of a record: any
 * other may be a word of the sentence. A name in brackets is left out behind the words for it.
 * @param {string} sentence
 */
export const withLabels = (sentence) =>
  sentence
    .replace(/ \(([\p{L}\p{N}_.-]+)\)/gu, (whole, word, at) => {
      const words = names().get(word);
      return words && sentence.slice(0, at).endsWith(words) ? "" : whole;
    })
    .replace(/(?<![\p{L}\p{N}_-])[\p{L}\p{N}_][\p{L}\p{N}_.-]*[\p{L}\p{N}_]/gu, (word) =>
      /[-\d]/.test(word) ? (names().get(word) ?? word) : word,
    );
