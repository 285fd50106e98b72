// A brief as a page: what is read, in the order in which it is read.
import { h, named, quietLine } from "../dom.js";
import { published } from "../model/brief/brief.js";
import { clipped } from "../model/brief/lines.js";
import { marksOf } from "../model/brief/markdown.js";
import { address } from "./facts.js";

/** The most documents that are listed. */
const SOURCES = 12;

/** @type {(line: BriefLine, sources: SourceDocument[]) => Child[]} */
function lineParts(line, sources) {
  const numbers = new Map(sources.map(({ iri }, place) => [iri, place + 1]));
  return line.map((part) => {
    if (typeof part === "string") return part;
    if ("strong" in part) return h("b", {}, part.strong);
    if ("name" in part) return named(clipped(part.name));
    return marksOf(part.cited, numbers).map((number) => h("span", { class: "mark-source" }, `[${number}]`));
  });
}
/** @type {(section: BriefPaper["sections"][number], sources: SourceDocument[]) => HTMLElement} */
function part({ name, lines }, sources) {
  const list = () =>
    h(
      "ul",
      {},
      lines.map((line) => h("li", {}, lineParts(line, sources))),
    );
  return h(
    "div",
    {},
    h("h3", {}, name),
    lines.length > 1
      ? list()
      : h(
          "p",
          {},
          lines.map((line) => lineParts(line, sources)),
        ),
  );
}
const NOTE = "Each number is a run of the model with that change; a stock delays a loss and ends none of it.";
/** The elements of a brief, from above. @param {BriefPaper} paper @returns {Child[]} */
export function briefPage({ cover, sections, sources, title, under }) {
  const [finding, likelihood, impact, ...others] = sections;
  const [known, unknown, help, watch] = others.slice(-4);
  const about = [cover.author, cover.date, ...under].filter(Boolean);
  const pair = (/** @type {BriefPaper["sections"]} */ ...two) =>
    two.length > 0 &&
    h(
      "div",
      { class: "pair" },
      two.map((one) => part(one, sources)),
    );
  return [
    cover.classification && h("p", { class: "classification", dir: "auto" }, cover.classification),
    named(clipped(cover.title || title), "h1", { id: "brief-title", tabindex: "-1" }),
    h(
      "p",
      { class: "about" },
      about.map((words, place) => [place ? " · " : "", named(words)]),
    ),
    h("h2", {}, "Finding"),
    h(
      "p",
      { class: "lead" },
      finding.lines.map((line, place) => [place ? " " : "", lineParts(line, sources)]),
    ),
    pair(likelihood, impact),
    pair(...others.slice(0, -4)),
    h("div", { class: "picture", id: "brief-picture" }),
    pair(known, unknown),
    part(help, sources),
    h("div", { id: "brief-search", "aria-live": "polite" }),
    h("p", { class: "note" }, NOTE),
    part(watch, sources),
    sourceList(sources),
  ];
}
/** @param {SourceDocument[]} sources */
function sourceList(sources) {
  const item = (/** @type {SourceDocument} */ document) =>
    h(
      "li",
      {},
      named(clipped(document.title), "i"),
      ". ",
      published({ ...document, url: "", retrieved: document.url ? "" : document.retrieved }).replace(/\.$/, ""),
      document.url && ["; ", address(document)],
      ".",
    );
  const more = sources.length - SOURCES;
  return [
    h("h3", {}, "Sources"),
    sources.length
      ? h("ol", { class: "brief-sources" }, sources.slice(0, SOURCES).map(item))
      : h("p", {}, "No document is cited."),
    more > 0 && quietLine(`and ${more} more`),
  ];
}
