// The view of the reader's list: what threatens the company, the entities, names to paste, and the list to take along.
import { addToList, clearList, setCompany, showOnlyMine } from "../actions/mine.js";
import { pick, setView } from "../actions/selection.js";
import { $, button, field, find, h, named, nodesOf, quietLine, targetField } from "../dom.js";
import { nodes } from "../model/data.js";
import { count, percent, plural, range } from "../model/format.js";
import { leftOut, listText, readNames } from "../model/mine.js";
import { questionLabel } from "../model/question.js";
import { impactOf, impacts } from "../model/runs.js";
import { sight } from "../model/sight.js";
import { population } from "../model/world-filter.js";
import { worldName } from "../model/worlds.js";
import { state } from "../store.js";
import { say } from "./announce.js";
import { copy } from "./clipboard.js";
import { companyPart } from "./company.js";
import { keepFocus } from "./focus.js";
import { glyph } from "./glyphs.js";
import { star } from "./star.js";

/** What came of the names that were pasted last, and those that are still in the field. */
let told = /** @type {ReturnType<typeof readNames> & { full: number } | null} */ (null);
let typed = "";

/** What the question that is asked takes from an entity. @param {number} node */
function lossCell(node) {
  const impact = impactOf.get(node);
  const loss = impact && [h("b", {}, percent(impact.loss)), h("span", { class: "range" }, range(impact))];
  return h("td", { class: "number" }, loss || "nothing");
}
/** @param {number} node */
function row(node) {
  const { label, class: of, inWorld } = nodes[node];
  const isCompany = state.company === node;
  return h(
    "tr",
    { "aria-current": node === state.selected ? "true" : null, "data-node": String(node) },
    h(
      "th",
      { scope: "row" },
      h(
        "div",
        { class: "marked" },
        star(node, `star ${node}`),
        h(
          "button",
          { type: "button", class: "entity", "data-key": `entity ${node}`, onclick: () => pick(node) },
          glyph(of),
          named(label),
        ),
      ),
    ),
    h("td", { class: "quiet" }, inWorld ? of.label : "not in this world"),
    state.question && lossCell(node),
    h(
      "td",
      {},
      button(isCompany ? "My company" : "Make it my company", () => setCompany(isCompany ? -1 : node), {
        class: "choice",
        "data-key": `company ${node}`,
        "aria-pressed": String(isCompany),
        "aria-label": `${label}: my company`,
      }),
    ),
  );
}
const HOW = [
  "☆ in the panel of an entity, in the search results, in a table and in the heads of the table of shocks",
  "m on the keyboard, for what is selected or has the focus; Shift and Enter in the search",
  "names to paste, below",
];
function list() {
  if (!state.mine.size)
    return h(
      "div",
      { class: "how", id: "how-to-mark" },
      h(
        "p",
        {},
        "Nothing is on your list yet. Mark what you care about, and every view can show that alone. Mark it with",
      ),
      h(
        "ul",
        {},
        HOW.map((way) => h("li", {}, way)),
      ),
    );
  const heads = ["Entity", "Class", state.question && "Loses now", "My company"].filter((text) => text);
  return h(
    "table",
    { class: "list" },
    state.question && h("caption", { class: "quiet" }, "Loses now: by ", named(questionLabel(state.question))),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        heads.map((text) => h("th", { scope: "col" }, text)),
      ),
    ),
    h("tbody", {}, [...state.mine].map(row)),
  );
}
/** What of the pasted names is not on the list. */
function unclear() {
  if (!told) return null;
  const { unclear: names, more, isCut, full } = told;
  const item = (/** @type {{ name: string, near: number[] }} */ { name, near }) =>
    h(
      "li",
      {},
      named(name, "b"),
      near.length ? " Did you mean " : " No entity has this name, or one like it.",
      near.map((node) =>
        h("button", { type: "button", class: "link", onclick: () => settle(name, node) }, named(nodes[node].label)),
      ),
    );
  return h(
    "div",
    { class: "unclear", id: "unclear" },
    names.length > 0 && [
      h("p", {}, `${plural(names.length + more, "name is", "names are")} not clear:`),
      h("ul", {}, names.map(item)),
      more > 0 && quietLine(`and ${count(more)} more.`),
    ],
    full > 0 && quietLine(`${plural(full, "entity has", "entities have")} no room: the list is full.`),
    isCut && quietLine("The text is too long: its end was not read."),
  );
}
/** @param {string} name @param {number} node that it means */
function settle(name, node) {
  if (told) told = { ...told, unclear: told.unclear.filter((one) => one.name !== name) };
  addToList([node]);
  renderMine();
  focusUnclear();
}
const focusUnclear = () => (find($("mine"), "#unclear button") ?? $("names")).focus();
function addPasted() {
  const read = readNames(field("names").value);
  typed = "";
  const had = state.mine.size;
  told = { ...read, full: addToList(read.rows) };
  const missed = read.unclear.length + read.more;
  renderMine();
  say(
    [
      `${plural(state.mine.size - had, "entity", "entities")} added`,
      missed > 0 && `${plural(missed, "name is", "names are")} not clear`,
    ]
      .filter(Boolean)
      .join("; "),
  );
  if (missed) focusUnclear();
}
function paste() {
  const box = h("textarea", {
    id: "names",
    rows: "3",
    spellcheck: "false",
    "aria-label": "Names to put on the list, one a line",
    placeholder: "Names, identifiers or IRIs, one a line",
    oninput: (event) => {
      typed = targetField(event).value;
    },
  });
  box.value = typed;
  return h(
    "section",
    { class: "paste" },
    h("h3", {}, "Add names"),
    box,
    h("div", { class: "actions" }, button("Add to my list", addPasted, { id: "add-names" })),
    unclear(),
  );
}
function tools() {
  if (!state.mine.size) return null;
  return h(
    "div",
    { class: "shock-tools" },
    button("Copy the list", () => copy(listText(state.mine), "List"), { class: "link", id: "copy-list" }),
    button("Clear", clearList, { class: "link", id: "clear-list" }),
  );
}
export function renderMine() {
  const { size } = state.mine;
  $("view-mine").textContent = size ? `★ ${count(size)}` : "☆";
  $("view-mine").setAttribute("aria-label", size ? `My list: ${plural(size, "entity", "entities")}` : "My list: empty");
  renderSwitch();
  $("mine").hidden = state.view !== "mine";
  if (state.view !== "mine") return;
  const { scrollTop } = $("mine");
  const parts = [
    companyPart(),
    h(
      "section",
      { class: "my-list", "aria-labelledby": "my-list-title" },
      h("p", { class: "class" }, worldName(state.world)),
      h("h2", { id: "my-list-title" }, "My list ", size > 0 && h("span", { class: "count" }, count(size))),
      leftOut > 0 &&
        quietLine(
          `${plural(leftOut, "entity", "entities")} of the portfolio ${leftOut === 1 ? "is" : "are"} not on this page.`,
        ),
      tools(),
      list(),
    ),
    paste(),
  ];
  keepFocus(
    $("mine"),
    () => $("mine").replaceChildren(...nodesOf(parts)),
    () => $("mine"),
  );
  $("mine").scrollTop = scrollTop;
}
/** How much is hidden, in words. */
function hiddenWords() {
  if (state.view === "cascade" && sight.impacts && impacts.length) {
    const hidden = impacts.length - sight.impacts.size;
    return `${count(hidden)} of ${count(impacts.length)} that lose hidden`;
  }
  const here = [...state.mine].filter((node) => nodes[node].inWorld).length;
  return `${count(population - here)} of ${count(population)} hidden`;
}
function renderSwitch() {
  $("only-mine-place").hidden = !state.mine.size;
  field("only-mine").checked = state.onlyMine;
  $("only-mine-hides").textContent = state.onlyMine ? hiddenWords() : "";
  $("only-mine-place").classList.toggle("on", state.onlyMine);
}
/** What is said where the list has nothing in a view. @type {(text: string) => HTMLElement} */
export const nothingListed = (text) =>
  h(
    "div",
    { class: "silence", id: "nothing-listed" },
    h("p", {}, text),
    button("Show everything", () => showOnlyMine(false), { class: "link", id: "show-all" }),
  );

export function startMine() {
  find(document, ".work").insertBefore(
    h("section", { id: "mine", "aria-label": "My list", tabindex: "-1", hidden: true }),
    $("panel"),
  );
  $("views").append(button("☆", () => setView("mine"), { id: "view-mine", "aria-pressed": "false", title: "My list" }));
  const place = h(
    "label",
    { id: "only-mine-place", hidden: true },
    h("input", { id: "only-mine", type: "checkbox", onchange: (event) => showOnlyMine(targetField(event).checked) }),
    h("span", {}, "Only my list"),
    h("span", { id: "only-mine-hides", class: "count" }),
  );
  const ends = $("question-ends");
  if (ends) ends.before(place);
  else find(document, ".bar").after(h("section", { id: "mine-bar", "aria-label": "My list" }, place));
}
