// Why an entity loses: the way back to the shock, with the source of each link.
import { selectRow } from "../actions/selection.js";
import { h, named, quietLine } from "../dom.js";
import { nodes } from "../model/data.js";
import { percent, range } from "../model/format.js";
import { causalPath, impacts, run } from "../model/runs.js";
import { mark, noteLines, sources } from "./facts.js";
import { lossDot } from "./glyphs.js";
import { linkQuestions } from "./link-questions.js";

/**
 * What a shock does to an entity is a record of its own, named after the shock.
 * @param {Impact} impact
 * @param {string | undefined} shock
 */
const shockJudged = (impact, shock) => impact.judged.some((iri) => iri.startsWith(`${shock}--`));
/**
 * How hard it is, where that is not stated: the placeholder is named as one.
 * @param {Impact} impact
 * @param {Run} shown
 */
const amount = (impact, shown) => (impact.ungraded && shown.unstated ? `, by ${shown.unstated}` : "");
/**
 * The link through which an entity loses.
 * @param {Impact} impact
 * @param {Fact | undefined} fact
 * @param {Evidence[]} cited
 * @param {Run} shown
 */
function carrier(impact, fact, cited, shown) {
  const isCut = impact.cause < 0;
  return h(
    "div",
    { class: "carrier" },
    h(
      "p",
      { class: "key" },
      isCut ? "the shock cuts it off from " : fact ? "because it needs " : "through ",
      fact && fact.ends.length === 2 ? named(nodes[fact.ends[1]].label, "b") : named(impact.dependency),
      isCut && amount(impact, shown),
    ),
    fact && noteLines(fact),
    sources(cited),
    fact && linkQuestions(fact),
  );
}
/**
 * @param {Impact} impact
 * @param {WhySide} side
 */
function whyStep(impact, { open, run: shown }) {
  const carriers = [...new Set(impact.facts)];
  const fact = carriers[0];
  const cited = fact?.evidence.length ? fact.evidence : impact.evidence;
  const link = impact.dependency ? carrier(impact, fact, cited, shown) : null;
  const name = h(
    "button",
    { type: "button", class: "entity", onclick: () => open(impact) },
    lossDot(impact),
    named(impact.label),
    h("b", { class: "loss" }, percent(impact.loss)),
  );
  return h(
    "li",
    {},
    link,
    name,
    !link &&
      h(
        "div",
        { class: "carrier" },
        h("p", { class: "key" }, "hit by the shock itself", amount(impact, shown)),
        sources(impact.evidence),
      ),
  );
}
const SHOCK_JUDGED = "What the shock hits, or how hard, is our reading, not a document’s word";
const UNGRADED = "No source says how hard the shock hits";
/**
 * Of the run that is shown, or of one of two that are compared.
 * @param {Impact} impact
 * @param {WhySide & { title: string, impacts: Impact[] }} [side]
 */
export function why(impact, side = { title: "Why", run, impacts, open: (item) => selectRow(item.index) }) {
  const path = causalPath(impact, side.impacts);
  return h(
    "section",
    // Two of them are compared side by side.
    { class: "why", id: side.title === "Why" ? "why" : null },
    h("h3", {}, side.title),
    quietLine(
      `Loses ${percent(impact.loss)}`,
      range(impact) && ` (${range(impact)})`,
      impact.step ? ` at step ${impact.step}` : ", hit by the shock itself",
      impact.rests && ` · rests on: ${impact.rests}`,
    ),
    h(
      "ol",
      {},
      h(
        "li",
        { class: "shock" },
        named(String(side.run.shock_label || side.run.shock || "Shock"), "b"),
        shockJudged(path[0], side.run.shock) && [" ", mark("judged", SHOCK_JUDGED, "judged")],
        path[0].ungraded && [" ", mark("ungraded", UNGRADED, "inferred")],
      ),
      path.map((item) => whyStep(item, side)),
    ),
  );
}
