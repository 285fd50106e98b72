// What a run comes to: a sentence on who loses how much, how sure that is, and the money and the customers that are hit.
import { selectRow } from "../actions/selection.js";
import { button, h, named } from "../dom.js";
import { computes, shockRun } from "../model/computed/run.js";
import { shocks } from "../model/computed/shocks.js";
import { raw } from "../model/data.js";
import { basisOf, findingLines, findingOf } from "../model/finding.js";
import { day, percent, plural } from "../model/format.js";
import { CUSTOMERS, MONEY, hitGroups } from "../model/hit-groups.js";
import { lossWords } from "../model/phrases.js";
import { grounds, impacts, run } from "../model/runs.js";
import { state } from "../store.js";
import { address } from "./facts.js";

// The most groups of a list, and the most names of a group.
const [GROUPS, NAMED] = [3, 4];

/** What the finding rests on; of the run that the page opens on it is computed here. */
export function groundsNow() {
  const shock = computes && !grounds ? shocks.findIndex(({ iri }) => iri === run.shock) : -1;
  return shock < 0 ? grounds : shockRun(shock, state.world).grounds;
}
/** @param {Impact} impact */
const link = ({ index, label }) => {
  const element = button("", () => selectRow(index), { class: "link name" });
  element.append(named(label));
  return element;
};
/** @param {FindingLine} line */
const sentence = (line) => line.map((part) => (typeof part === "string" ? part : link(part.impact)));

/** The part of the page above the cascade; nothing where the model of the run is another. */
export function findingPart() {
  const known = groundsNow();
  if (!known) return sentFinding();
  const [who, sure] = findingLines({ run, impacts }, known);
  return h(
    "section",
    { class: "finding", id: "finding", "aria-label": "Finding" },
    h("p", { class: "who" }, sentence(who)),
    sure && h("p", { class: "sure" }, sentence(sure)),
    hurtLists(),
    sure && documentsPart(known),
  );
}
/** The finding of a model that the page does not compute, as it was sent; nothing in a world without a run. */
function sentFinding() {
  const [who = "", sure = ""] = (impacts.length && raw.cascade?.finding) || [];
  if (!who) return null;
  return h(
    "section",
    { class: "finding", id: "finding", "aria-label": "Finding" },
    named(who, "p", { class: "who" }),
    named(sure, "p", { class: "sure" }),
    // What is only reached or not has no amounts to list.
    run.model !== "reach" && hurtLists(),
  );
}
/** Who is hit beyond what the shock hits itself, by what they are to the reader. */
function hurtLists() {
  const reached = impacts.filter((impact) => impact.step > 0);
  const money = [...MONEY, "Market"];
  const lists = /** @type {const} */ ([
    ["Money", reached.filter((impact) => money.includes(impact.class))],
    ["Customers and companies", reached.filter((one) => CUSTOMERS.includes(one.class) && one.class !== "Market")],
  ]);
  const shown = lists.filter(([, list]) => list.length);
  return (
    shown.length > 0 &&
    h(
      "dl",
      { class: "hurt" },
      shown.map(([name, list]) => hurt(name, list)),
    )
  );
}
/** @type {(name: string, list: Impact[]) => HTMLElement} */
function hurt(name, list) {
  const groups = hitGroups(list);
  const shown = groups.slice(0, GROUPS);
  const rest = groups.slice(GROUPS).reduce((sum, { members }) => sum + members.length, 0);
  return h(
    "div",
    {},
    h("dt", {}, name, " ", h("span", { class: "count" }, String(list.length))),
    shown.map((group) => h("dd", {}, h("b", { class: "loss" }, lossWords(group)), " ", namesOf(group))),
    rest > 0 &&
      h("dd", { class: "quiet" }, `and ${plural(rest, "other", "others")} at most ${percent(groups[GROUPS].loss)}`),
  );
}
/** @param {HitGroup} group */
function namesOf({ members }) {
  const rest = members.length - NAMED;
  return [
    members.slice(0, NAMED).map((impact, place) => [place ? ", " : "", link(impact)]),
    rest > 0 && ` and ${rest} more`,
  ];
}
/** The documents that the finding rests on. @param {Grounds} known */
function documentsPart(known) {
  const finding = findingOf(impacts, known);
  const { documents } = finding ? basisOf(finding, impacts, known) : { documents: [] };
  const item = (/** @type {SourceDocument} */ document) =>
    h(
      "li",
      {},
      document.title !== document.url && named(document.title, "span", { class: "document" }),
      address(document),
      h("span", { class: "where" }, ` · ${day(document.issued) || "undated"}`),
    );
  return (
    documents.length > 0 &&
    h(
      "details",
      { class: "basis" },
      h("summary", {}, plural(documents.length, "document", "documents"), " behind it"),
      h("ul", { class: "sources" }, documents.map(item)),
    )
  );
}
