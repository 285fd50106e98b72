// A line in the panel: the two it links, and every record it stands for, each with its source.
import { h, named, quietLine } from "../dom.js";
import { computes } from "../model/computed/run.js";
import { edges, nodes } from "../model/data.js";
import { plural } from "../model/format.js";
import { LINES } from "../model/styles.js";
import { state } from "../store.js";
import { entityButton } from "./entity-button.js";
import { noteLines, sources } from "./facts.js";
import { linkQuestions } from "./link-questions.js";

/** @param {Fact} fact */
const record = (fact) =>
  h(
    "li",
    { class: "fact" },
    fact.usedBy >= 0 && h("p", { class: "for" }, "for ", named(nodes[fact.usedBy].label)),
    noteLines(fact),
    sources(fact.evidence),
    linkQuestions(fact),
  );
/** The parts of the panel for the selected line; none where no line is selected. */
export function linePart() {
  const line = state.line >= 0 ? edges[state.line] : null;
  if (!line) return null;
  const { label, family } = line.kind;
  const harm =
    family === "need" && quietLine("Harm travels the other way: from what is needed to the one who needs it.");
  return [
    h("p", { class: "class" }, LINES[family]?.label ?? ""),
    h("h2", { tabindex: "-1" }, `Line: ${label}`),
    h(
      "div",
      { class: "line-ends" },
      entityButton(line.from),
      h("span", { class: "key" }, label),
      entityButton(line.to),
    ),
    harm,
    computes &&
      family !== "need" &&
      quietLine("“What if this fails?” has no answer here: harm travels along dependencies and supplies only."),
    h("h3", {}, plural(line.facts.length, "record", "records")),
    h("ul", { class: "facts" }, line.facts.map(record)),
  ];
}
