// What to bear in mind of a run: its caveats, the worst parts of companies, and what falls short though it loses nothing.
import { h, named, quietLine } from "../dom.js";
import { percent, plural } from "../model/format.js";
import { nodes } from "../model/data.js";
import { withLabels } from "../model/record-names.js";
import { impactOf, impacts, parts, run, short } from "../model/runs.js";
import { isWhole } from "../model/world-filter.js";
import { state } from "../store.js";
import { entityButton } from "./entity-button.js";

const SHORT = 6;

export function caveats() {
  // In the world of a document or a day the bar says what is not there.
  const fallen = isWhole(state.world) ? run.fallen : "";
  const lines = [run.as_of ?? "", ...(run.caveats ?? []), fallen ?? ""].filter((line) => line !== "");
  return (
    lines.length > 0 &&
    h(
      "section",
      { class: "mind" },
      h("h4", {}, "What to bear in mind"),
      h(
        "ul",
        {},
        lines.map((line) => {
          const words = withLabels(line);
          return named(words, "li", words === line ? {} : { title: line });
        }),
      ),
    )
  );
}
/**
 * A company may lose little itself where one of its parts loses much.
 * @param {number} node
 */
export function partLine(node) {
  const worst = parts.find(([whole]) => whole === node);
  if (!worst) return null;
  const [, part, label, loss] = worst;
  const lossText = [" ", h("b", { class: "loss" }, percent(loss))];
  return h(
    "p",
    { class: "bearing", id: "worst-part" },
    h("span", { class: "key" }, "Its worst part: "),
    part < 0 ? [named(label), lossText] : entityButton(part, { after: lossText }),
  );
}
/**
 * The shortage is in the link: the need itself loses nothing.
 * @param {number} node
 */
export function shortLines(node) {
  const dependants = short.filter(([need]) => need === node);
  if (!dependants.length) return null;
  return h(
    "section",
    { class: "bearing", id: "short" },
    quietLine("Loses nothing itself, and yet:"),
    h(
      "ul",
      {},
      dependants
        .slice(0, SHORT)
        .map(([, dependant, size]) =>
          h("li", {}, h("span", { class: "key" }, `Short by ${percent(size)} for `), entityButton(dependant)),
        ),
    ),
    dependants.length > SHORT && quietLine(`and for ${plural(dependants.length - SHORT, "other", "others")}`),
  );
}
/**
 * That a shock spares an entity is said: not to be in a cascade could mean anything.
 * @param {number} node
 */
export function sparedLine(node) {
  const runs = (impacts.length > 0 || run.unaffected !== undefined) && run.shock_label;
  if (!runs || impactOf.has(node) || !nodes[node].inWorld) return null;
  const falls = short.some(([need]) => need === node);
  const name = named(String(run.shock_label), "b");
  return (
    !falls &&
    h(
      "p",
      { class: "spared", id: "spared" },
      h("b", {}, "Loses nothing"),
      " by ",
      name,
      ", as far as the records go: a dependency that is not recorded carries no loss.",
    )
  );
}
