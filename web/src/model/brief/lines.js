// Lines of a brief as parts, as graph/knockon/present/report/lines.py has them: the page and Markdown each write them in their own way.

/** The most names of a list; the others are counted. */
const NAMED = 5;

/** A text from the data. @param {string} text @returns {{ name: string }} */
export const name = (text) => ({ name: text });
/** Names as a list in a sentence; where there are more than `most`, some of them, and how many others. @type {(labels: string[], most?: number) => BriefLine} */
export function names(labels, most = NAMED) {
  const shown = labels.length <= most ? labels : labels.slice(0, most - 1);
  const more = labels.length - shown.length;
  const line = joined(
    shown.map((label) => [name(label)]),
    ", ",
    more ? ", " : " and ",
  );
  return more ? [...line, ` and ${more} more`] : line;
}
/** Lines one after the other, with `last` before the last of them. @type {(lines: BriefLine[], between?: string, last?: string) => BriefLine} */
export const joined = (lines, between = ", ", last = " and ") =>
  lines.flatMap((line, place) => (place ? [place === lines.length - 1 ? last : between, ...line] : line));
/** A space and the first citations; nothing where there are none. @type {(evidence: Evidence[], most?: number) => BriefLine} */
export const cited = (evidence, most = 3) => (evidence.length ? [" ", { cited: evidence.slice(0, most) }] : []);
/** The first citation of each document. @param {Evidence[]} evidence */
export const oneEach = (evidence) =>
  [...new Map(evidence.toReversed().map((one) => [one.document.iri, one])).values()].toReversed();
/** A line as plain text, without its citations and the spaces before them. @param {BriefLine} line */
export const lineText = (line) =>
  line
    .filter((_, place) => !isCited(line[place + 1]))
    .map((part) => (typeof part === "string" ? part : "name" in part ? part.name : "strong" in part ? part.strong : ""))
    .join("");
/** @param {BriefLine[number] | undefined} part */
const isCited = (part) => typeof part === "object" && "cited" in part;

const LETTERS = 140;
/** A text from the data that is short enough for a page. @param {string} text */
export const clipped = (text) => {
  const letters = [...text];
  return letters.length <= LETTERS
    ? text
    : `${letters
        .slice(0, LETTERS - 1)
        .join("")
        .trimEnd()}…`;
};
