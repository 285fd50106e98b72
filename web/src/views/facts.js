// A fact as the panel shows it: what, how sure, and where it is written.
import { button, find, foldable, h, named, target } from "../dom.js";
import { kinds, nodes } from "../model/data.js";
import { count, day, plural } from "../model/format.js";
import { LINES } from "../model/styles.js";
import { copy } from "./clipboard.js";
import { entityButton } from "./entity-button.js";
import { linkQuestions } from "./link-questions.js";

const WORDY = new Set(["mechanism", "reason", "comment", "reading", "handling", "metric"]);
/** @type {Record<string, string>} */
const STANCES = { Asserts: "asserts", Alleges: "alleges", Denies: "denies", Hypothesises: "supposes", Asks: "asks" };

/**
 * @param {string} label
 * @param {string} hint
 * @param {string} kind
 */
export function mark(label, hint, kind) {
  return h("span", { class: `mark ${kind}`, title: hint }, label);
}
const JUDGED = "Our reading, not the document’s word";
export const INFERRED = "No document states this";

const CHANGED =
  "The file of this name is not the document that was cited (its SHA-256 differs), so its words are not shown.";

/** @param {Evidence} e */
function place(e) {
  const span = e.start < 0 ? "" : `characters ${count(e.start)}–${count(e.end)}`;
  return [span, e.place].filter(Boolean).join(", ");
}
/**
 * The address of a document, with the day on which it was read there: a link only if it is one of the web.
 * @param {SourceDocument} document
 */
export function address({ url, retrieved }) {
  if (!url) return null;
  const shown = /^https?:\/\//.test(url)
    ? h("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, url)
    : url;
  return h("span", { class: "where" }, " ", shown, retrieved && ` (retrieved ${day(retrieved)})`);
}
/** @param {Evidence} e */
function sourceLine(e) {
  const claim = e.claimant ? `, as ${e.claimant} says` : "";
  return h(
    "li",
    {},
    e.document.title !== e.document.url && named(e.document.title, "span", { class: "document" }),
    address(e.document),
    h(
      "span",
      { class: "where" },
      ` ${[place(e), day(e.document.issued) || "undated", e.stance && (STANCES[e.stance] || e.stance)].filter(Boolean).join(" · ")}`,
      named(claim),
    ),
    e.words && named(e.words, "q", { class: "words" }),
    e.document.changed && h("span", { class: "where changed" }, CHANGED),
  );
}
/** @param {Evidence[]} list */
export function sources(list) {
  if (!list.length) return h("p", { class: "sources none" }, "No source cited");
  return h(
    "ul",
    { class: "sources" },
    list.slice(0, 3).map(sourceLine),
    list.length > 3 && h("li", { class: "where" }, `and ${plural(list.length - 3, "more place", "more places")}`),
  );
}

/**
 * @param {Note} note
 * @param {Set<string>} judged
 */
function noteLine([name, value], judged) {
  const judgedMark = judged.has(name) && mark("judged", JUDGED, "judged");
  if (WORDY.has(name))
    return h(
      "p",
      { class: `note ${name}` },
      name === "mechanism" ? null : h("span", { class: "key" }, `${name}: `),
      named(value),
      " ",
      judgedMark,
    );
  return h("span", { class: "pair" }, h("span", { class: "key" }, name), " ", named(value, "b"), " ", judgedMark);
}
/** @param {Fact} fact */
export function noteLines(fact) {
  const wordy = fact.notes
    .filter(([name]) => WORDY.has(name))
    .sort((a, b) => Number(b[0] === "mechanism") - Number(a[0] === "mechanism"));
  const short = fact.notes.filter(([name]) => !WORDY.has(name));
  const mentioned = new Set(fact.notes.map(([name]) => name));
  // A judged property whose value is in the heading is still marked.
  const rest = [...fact.judged].filter((name) => !mentioned.has(name));
  return [
    wordy.map((note) => noteLine(note, fact.judged)),
    (short.length || rest.length || fact.inferred) &&
      h(
        "p",
        { class: "pairs" },
        short.map((note) => noteLine(note, fact.judged)),
        rest.map((name) =>
          h("span", { class: "pair" }, h("span", { class: "key" }, name), " ", mark("judged", JUDGED, "judged")),
        ),
        fact.inferred && mark("inferred", INFERRED, "inferred"),
      ),
  ];
}
/**
 * The entity at the other end, seen from this entity.
 * @param {Fact} fact
 * @param {number} node
 */
function factHead(fact, node) {
  if (fact.ends.length < 2 || !LINES[fact.kind.family])
    return h("p", { class: "headline" }, named(fact.headline || fact.kind.label));
  const [from, to] = fact.ends;
  if (fact.usedBy === node)
    return h(
      "div",
      { class: "ends" },
      entityButton(to),
      h("span", { class: "for" }, " for ", named(nodes[from].label)),
    );
  const end = entityButton(from === node ? to : from);
  const client =
    fact.usedBy >= 0 && fact.usedBy !== from
      ? h("span", { class: "for" }, " for ", named(nodes[fact.usedBy].label))
      : null;
  return h("div", { class: "ends" }, end, client);
}
/**
 * @param {Fact} fact
 * @param {number} node
 */
function factItem(fact, node) {
  const others = LINES[fact.kind.family] ? [] : fact.ends.filter((end) => end !== node);
  return h(
    "li",
    { class: "fact" },
    button("IRI", () => copy(fact.record, "IRI of the fact"), {
      class: "fact-iri",
      "aria-label": "Copy the IRI of this fact",
    }),
    factHead(fact, node),
    noteLines(fact),
    others.length > 0 &&
      h(
        "p",
        { class: "others" },
        "with ",
        others.slice(0, 6).map((end) => entityButton(end)),
        others.length > 6 && `and ${others.length - 6} more`,
      ),
    sources(fact.evidence),
    linkQuestions(fact),
  );
}

/**
 * Facts under headings: "depends on", "needed by", ... in the order of the kinds.
 * @param {number} node
 */
export function groups(node) {
  /** @type {Map<number, FactGroup>} */
  const byPlace = new Map();
  for (const fact of nodes[node].facts) {
    const forward = fact.kind.family === "listed" || fact.usedBy === node || fact.ends[0] === node;
    const place = 2 * kinds.indexOf(fact.kind) + (forward ? 0 : 1);
    if (!byPlace.has(place)) byPlace.set(place, { title: forward ? fact.kind.label : fact.kind.inverse, facts: [] });
    byPlace.get(place)?.facts.push(fact);
  }
  return [...byPlace].sort(([a], [b]) => a - b).map(([, group]) => group);
}
const SHORT = 6;
/**
 * @param {FactGroup} group
 * @param {number} node
 */
export function groupSection(group, node) {
  const list = h(
    "ul",
    { class: "facts" },
    group.facts.slice(0, SHORT).map((fact) => factItem(fact, node)),
  );
  const rest = group.facts.length - SHORT;
  const showAll = (/** @type {MouseEvent} */ event) => {
    list.append(...group.facts.slice(SHORT).map((fact) => factItem(fact, node)));
    find(list.children[SHORT], "button").focus();
    target(event).remove();
  };
  const title = group.title[0].toUpperCase() + group.title.slice(1);
  const more = rest > 0 && button(`Show ${rest} more`, showAll, { class: "link" });
  return foldable(title, group.facts.length, true, list, more);
}
