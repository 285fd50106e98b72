// The view of pairs of entities that may be one: one key decides each, and the judgements are a file to save.
import { judge, showPair, skipPair, takeBack } from "../actions/identity.js";
import { setView } from "../actions/selection.js";
import { $, button, find, h, named, nodesOf, quietLine, targetField } from "../dom.js";
import { handAs } from "../export/files.js";
import { nodes } from "../model/data.js";
import { count, plural } from "../model/format.js";
import { VERDICTS, allPairs, asksIdentity, judgementsYaml, pairs, pairsOf, unasked } from "../model/identity.js";
import { legible } from "../model/text.js";
import { shortName } from "../model/names.js";
import { state } from "../store.js";
import { say } from "./announce.js";
import { copy } from "./clipboard.js";
import { entityButton } from "./entity-button.js";
import { keepFocus } from "./focus.js";
import { saveToServer } from "./identity-server.js";

/** Who judges: kept while the page is open. */
let by = "";
const FILE = "judgements.yaml";
/** The day where the reader is. */
const today = () => new Date(Date.now() - 60000 * new Date().getTimezoneOffset()).toISOString().slice(0, 10);
const yaml = () => judgementsYaml(state.judged, legible(by), today());

/** What the page knows of one of the two. @param {IdentityPair} pair @param {0 | 1} end */
function side(pair, end) {
  const [node, name] = [pair.nodes[end], pair.names[end]];
  if (node < 0) return h("div", { class: "candidate" }, named(name, "b"), quietLine("It is not drawn on this page."));
  const { alias, identifier, class: of, comment, edges, facts, label } = nodes[node];
  const places = edges.filter((edge) => edge.kind.key === "jurisdiction" && edge.from === node);
  const terms = [
    [label !== name && "Name compared", name],
    ["Class", of.label],
    [alias.length > 0 && "Also", alias.join(", ")],
    [identifier.length > 0 && "Identifiers", identifier.join(", ")],
    [places.length > 0 && "In", places.map((edge) => nodes[edge.to].label).join(", ")],
    ["Facts", `${count(facts.length)}, ${plural(edges.length, "link", "links")}`],
    ["Name in data", shortName(pair.iris[end])],
  ];
  return h(
    "div",
    { class: "candidate" },
    entityButton(node),
    comment && named(comment, "p", { class: "comment" }),
    h(
      "dl",
      {},
      terms.flatMap(([key, value]) => (key ? [h("dt", {}, key), named(String(value), "dd")] : [])),
    ),
  );
}
/** @type {[VerdictKey, string][]} */
const CHOICES = [
  ["s", "Same"],
  ["d", "Different"],
  ["u", "Unsure"],
];
function choices() {
  const verdict = state.judged.get(pairs[state.pair].id);
  const choice = (/** @type {[VerdictKey, string]} */ [key, label]) =>
    button(label, () => judge(key), {
      class: "verdict",
      "data-key": `verdict ${key}`,
      "aria-pressed": String(verdict === key),
      "aria-keyshortcuts": key,
    });
  const marked = [...CHOICES.map(choice)];
  marked.forEach((element, i) => element.append(" ", h("kbd", { "aria-hidden": "true" }, CHOICES[i][0])));
  const [skip, undo] = [
    button("Skip ", skipPair, { class: "link", "data-key": "skip", "aria-keyshortcuts": "k" }),
    button("Undo ", takeBack, { class: "link", "data-key": "undo", "aria-keyshortcuts": "z" }),
  ];
  skip.append(h("kbd", { "aria-hidden": "true" }, "k"));
  undo.append(h("kbd", { "aria-hidden": "true" }, "z"));
  undo.disabled = !state.judged.size;
  return h("div", { class: "actions" }, marked, skip, undo);
}
function card() {
  const pair = pairs[state.pair];
  return h(
    "article",
    { class: "pair-card", "aria-label": `Pair ${state.pair + 1} of ${pairs.length}` },
    h("p", { class: "quiet" }, `Pair ${count(state.pair + 1)} of ${count(pairs.length)}: ${pair.why}`),
    h("div", { class: "candidates" }, side(pair, 0), side(pair, 1)),
    choices(),
  );
}
/** @param {IdentityPair} pair */
function row({ id, index, names, why }) {
  const verdict = state.judged.get(id);
  return h(
    "tr",
    { "aria-current": index === state.pair ? "true" : null },
    h(
      "th",
      { scope: "row" },
      h(
        "button",
        { type: "button", class: "link", "data-key": `pair ${id}`, onclick: () => showPair(index) },
        named(names[0]),
        " / ",
        named(names[1]),
      ),
    ),
    h("td", { class: "quiet" }, why),
    h("td", {}, verdict ? VERDICTS[verdict] : ""),
  );
}
const list = () =>
  h(
    "table",
    { class: "list" },
    h(
      "caption",
      { class: "quiet" },
      allPairs > pairs.length &&
        `The ${count(pairs.length)} most similar of ${count(allPairs)} pairs; knockon review --identity has all.`,
    ),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ["Pair", "Names", "Verdict"].map((text) => h("th", { scope: "col" }, text)),
      ),
    ),
    h("tbody", {}, pairs.map(row)),
  );
function saving() {
  const name = h("input", {
    id: "judged-by",
    type: "text",
    maxlength: 100,
    autocomplete: "off",
    value: by,
    oninput: (event) => {
      by = targetField(event).value.trim();
    },
  });
  const save = button(
    "Save judgements",
    () => {
      handAs(new Blob([yaml()], { type: "application/yaml;charset=utf-8" }), FILE);
      say(`Judgements saved as ${FILE}`);
    },
    { id: "save-judgements", class: "primary" },
  );
  const copying = button("Copy", () => copy(yaml(), "Judgements"), { id: "copy-judgements" });
  save.disabled = copying.disabled = !state.judged.size;
  return h(
    "section",
    { class: "saving" },
    h("h3", {}, "Take them along"),
    h("label", {}, h("span", { class: "key" }, "Judged by"), name),
    h("div", { class: "actions" }, save, copying, saveToServer(yaml)),
    quietLine(
      "Judgements change nothing on this page. ",
      h("code", {}, `knockon load ${FILE} --store STORE`),
      " makes them count: what is the same becomes one entity.",
    ),
  );
}
export function renderIdentity() {
  if (!asksIdentity) return;
  $("identity").hidden = state.view !== "identity";
  if (state.view !== "identity") return;
  const box = $("identity");
  const done = plural(state.judged.size, "pair is", "pairs are");
  const parts = [
    h("h2", {}, "Same entity?"),
    quietLine(
      pairs.length
        ? `Names that are alike: ${done} judged, ${count(pairs.length - state.judged.size)} open.`
        : `${unasked} knockon review --identity lists them.`,
    ),
    pairs.length > 0 && [card(), saving(), list()],
  ];
  const { scrollTop } = box;
  keepFocus(
    box,
    () => box.replaceChildren(...nodesOf(parts)),
    () => find(box, ".verdict") ?? box,
  );
  box.scrollTop = scrollTop;
}
/** Whom an entity may be the same as: on its panel. @param {number} node @returns {Child} */
export function maybeSame(node) {
  const found = pairsOf(node);
  if (!found.length) return null;
  const other = (/** @type {IdentityPair} */ pair) => pair.names[pair.nodes[0] === node ? 1 : 0];
  return h(
    "p",
    { class: "aliases" },
    "May be the same as ",
    found.map((pair, i) => [
      i > 0 && ", ",
      h("button", { type: "button", class: "link", onclick: () => showPair(pair.index) }, named(other(pair))),
    ]),
  );
}
/** The keys of this view, as in `knockon review --identity`; returns whether it was one of them. @param {string} key */
export function identityKey(key) {
  if (state.view !== "identity" || !pairs.length) return false;
  if (Object.hasOwn(VERDICTS, key)) judge(/** @type {VerdictKey} */ (key));
  else if (key === "k") skipPair();
  else if (key === "z") takeBack();
  else return false;
  return true;
}
export function startIdentity() {
  if (!asksIdentity) return;
  find(document, ".work").insertBefore(
    h("section", { id: "identity", "aria-label": "Same entity?", tabindex: "-1", hidden: true }),
    $("panel"),
  );
  $("views").append(
    button("=?", () => setView("identity"), {
      id: "view-identity",
      "aria-pressed": "false",
      "aria-label": "Same entity?",
      title: "Same entity? Pairs that may be one",
    }),
  );
}
