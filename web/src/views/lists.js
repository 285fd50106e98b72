// Which lists cover an entity, and why: in the words of `knockon covered`.
import { h, named, quietLine } from "../dom.js";
import { evidence, nodes, raw, rows, text } from "../model/data.js";
import { isWhole } from "../model/world-filter.js";
import { state } from "../store.js";
import { entityButton } from "./entity-button.js";
import { sources } from "./facts.js";

const table = raw.lists;
/** @type {ListedParty[]} */
const parties = table
  ? rows({
      covered: table.covered,
      evidence: table.evidence,
      measure: table.measure,
      node: table.node,
      owners: table.owners,
      standing: table.standing,
      supposed: table.supposed,
      text: table.text,
    }).map((row) => ({
      ...row,
      text: text(row.text),
      standing: text(row.standing),
      evidence: row.evidence.map((e) => evidence[e]),
    }))
  : [];

/** What an entity is part of, also through others. @param {number} node */
function wholesOf(node) {
  const found = new Set([node]);
  for (const part of found)
    for (const edge of nodes[part].edges) if (edge.kind.key === "partOf" && edge.from === part) found.add(edge.to);
  found.delete(node);
  return [...found];
}
/** The lists on an entity: its own, then those of what it is part of. @param {number} node @returns {ListedParty[]} */
function listsOf(node) {
  const own = parties.filter((party) => party.node === node);
  const known = new Set(own.map(({ measure }) => measure));
  const sentence = (/** @type {ListedParty} */ { covered, node: whole }) =>
    (table?.parts[covered] ?? "")
      .replaceAll("{part}", () => nodes[node].label)
      .replaceAll("{whole}", () => nodes[whole].label);
  const passed = wholesOf(node).flatMap((whole) =>
    parties.filter((party) => party.node === whole && !known.has(party.measure)),
  );
  return [...own, ...passed.map((party) => ({ ...party, text: sentence(party), owners: [party.node], evidence: [] }))];
}
/** @param {ListedParty} party */
const item = ({ covered, evidence: cited, measure, owners, standing, text: why }) =>
  h(
    "li",
    { class: "fact" },
    h(
      "div",
      { class: "ends" },
      h("span", { class: "key" }, covered ? "Covered by " : "Cannot tell: "),
      measure >= 0 && entityButton(measure),
      standing && h("span", { class: "mark" }, standing),
    ),
    named(why, "p"),
    owners.length > 0 &&
      h(
        "p",
        { class: "others" },
        owners.slice(0, 6).map((owner) => entityButton(owner)),
        owners.length > 6 && `and ${owners.length - 6} more`,
      ),
    cited.length > 0 && sources(cited),
  );
/** @param {number} node @returns {Child} nothing where no list says anything of it */
export function listsPart(node) {
  const found = listsOf(node);
  if (!found.length) return null;
  const [taken, supposed] = [0, 1].map((kind) => found.filter((party) => party.supposed === kind));
  return h(
    "section",
    { id: "lists" },
    h("h3", {}, "Lists and measures"),
    !isWhole(state.world) && quietLine("By all sources, on the day of the page."),
    h("ul", { class: "facts" }, taken.map(item)),
    supposed.length > 0 && [
      quietLine("Measures that nobody has taken, if they were:"),
      h("ul", { class: "facts" }, supposed.map(item)),
    ],
  );
}
