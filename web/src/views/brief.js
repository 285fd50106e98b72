// A brief on what is asked: one page to print, to save or to copy. What the reader fills in is kept while the page is open, and no longer.
import { $, button, focused, h, targetField } from "../dom.js";
import { smallCascadeSvg } from "../export/cascade-svg.js";
import { saveText } from "../export/files.js";
import { briefOf, sourcesOf } from "../model/brief/brief.js";
import { helpLines } from "../model/brief/helps.js";
import { briefMarkdown } from "../model/brief/markdown.js";
import { remediesOf, unchangedResult } from "../model/computed/remedies.js";
import { worldKey } from "../model/computed/run.js";
import { nodes, raw } from "../model/data.js";
import { lossWords } from "../model/phrases.js";
import { leverTitle, questionLabel, withoutChanges } from "../model/question.js";
import { runOf } from "../model/question-runs.js";
import { impacts, run } from "../model/runs.js";
import { legible } from "../model/text.js";
import { worldName } from "../model/worlds.js";
import { isWhole } from "../model/world-filter.js";
import { state } from "../store.js";
import { say } from "./announce.js";
import { briefPage } from "./brief-page.js";
import { copy } from "./clipboard.js";
import { fillComputed } from "./computed-part.js";
import { groundsNow } from "./finding.js";

const WAITING = "The search for what would help is not finished.";
/** @type {BriefPaper["cover"]} */
const cover = { title: "", author: "", date: "", classification: "" };
/** What would help, once it is computed. @type {BriefLine[]} */
let helps = [];
/** What had the focus when the brief was opened. @type {HTMLElement | null} */
let opener = null;

/** @returns {{ brief: Brief, paper: BriefPaper } | null} null where no run is shown */
function written() {
  const grounds = groundsNow();
  if (!grounds || !state.question) return null;
  const title = questionLabel(state.question);
  const brief = briefOf(
    { run, impacts, shortages: [], grounds },
    { title, day: state.world.day, chosen: state.selected },
  );
  const sections = [
    { name: "Finding", lines: brief.finding, flowing: true },
    { name: "Likelihood", lines: [brief.likelihood] },
    { name: "Impact", lines: [brief.impact] },
    ...brief.hurt,
    { name: "What we know", lines: brief.known },
    { name: "What we do not know", lines: brief.unknown },
    { name: "What would help", lines: [...triedLines(brief), ...(helps.length ? helps : [[WAITING]])] },
    { name: "What to watch", lines: brief.watch },
  ];
  const sources = sourcesOf(sections.flatMap(({ lines }) => lines));
  return { brief, paper: { cover, title, under: underTitle(), sections, sources } };
}
const underTitle = () => [
  cover.title ? questionLabel(state.question) : "",
  raw.title,
  isWhole(state.world) ? "" : worldName(state.world),
  String(run.as_of ?? ""),
];
/** What the changes that are tried leave of the loss. @param {Brief} brief @returns {BriefLine[]} */
function triedLines({ focus }) {
  const { question, world } = state;
  const impact = impacts[focus];
  if (!question?.levers?.length) return [];
  const before = runOf(withoutChanges(question), world).impacts;
  const subject = impact ?? before.find(({ step }) => step > 0);
  if (!subject) return [];
  const old = before.find(({ iri }) => iri === subject.iri);
  const now = impact ? `loses ${lossWords(impact)}` : "loses nothing";
  const was = old ? lossWords(old) : "nothing";
  return [
    [
      `Tried here: with ${legible(question.levers.map(leverTitle).join(" and "))}, `,
      { name: subject.label },
      ` ${now} instead of ${was}.`,
    ],
  ];
}

/** Draws the brief that is open anew: after a change of what is filled in, of what was found, or of the colours. */
export function renderBrief() {
  const found = $("brief") && written();
  if (!found) return;
  // What is read aloud goes on from the title.
  const isRead = $("brief-page").contains(focused());
  $("brief-page").replaceChildren(h("article", { "aria-labelledby": "brief-title" }, ...briefPage(found.paper)));
  const { focus } = found.brief;
  if (impacts.length) {
    const picture = smallCascadeSvg(focus);
    picture.setAttribute("viewBox", `0 0 ${picture.getAttribute("width")} ${picture.getAttribute("height")}`);
    for (const name of ["width", "height"]) picture.removeAttribute(name);
    for (const element of picture.querySelectorAll("[id]")) element.removeAttribute("id");
    $("brief-picture").append(picture);
  }
  if (isRead) $("brief-title").focus({ preventScroll: true });
  if (!helps.length) searchHelp(focus);
}
/** @param {number} focus the row of the impact */
function searchHelp(focus) {
  const { question, world } = state;
  const node = impacts[focus]?.node ?? state.selected;
  const asked = question && withoutChanges(question);
  const computed = asked ? unchangedResult(asked, world) : "";
  if (typeof computed === "string" || node < 0) {
    helps = [["Not computed: nothing that is drawn here is hit."]];
    return renderBrief();
  }
  const stepOf = (/** @type {number} */ row) => impacts.find((impact) => impact.node === row)?.step ?? 0;
  return fillComputed(
    $("brief-search"),
    `What would help? ${node} ${worldKey(world)} ${JSON.stringify(asked)}`,
    () => remediesOf(computed, node),
    (found) => {
      helps = helpLines(nodes[node].label, found, stepOf);
      queueMicrotask(renderBrief);
      return [];
    },
  );
}

/** @type {[keyof BriefPaper["cover"], string, string][]} */
const FIELDS = [
  ["title", "Title", "text"],
  ["author", "Author", "text"],
  ["date", "Date", "date"],
  ["classification", "Classification", "text"],
];
/** @type {(row: typeof FIELDS[number]) => HTMLElement} */
const coverField = ([key, label, type]) =>
  h(
    "label",
    {},
    h("span", { class: "key" }, label),
    h("input", {
      id: `brief-${key}-field`,
      type,
      maxlength: type === "text" ? 200 : null,
      autocomplete: "off",
      value: cover[key],
      oninput: (event) => {
        cover[key] = targetField(event).value.trim();
        renderBrief();
      },
    }),
  );
const markdown = () => briefMarkdown(/** @type {{ paper: BriefPaper }} */ (written()).paper);

export function openBrief() {
  if ($("brief") || !groundsNow() || !state.question) return;
  opener = focused();
  helps = [];
  const tools = h(
    "form",
    { id: "brief-tools", "aria-label": "Brief", onsubmit: (event) => event.preventDefault() },
    FIELDS.map(coverField),
    h(
      "div",
      { class: "actions" },
      button("Print", () => print(), { id: "brief-print", class: "primary" }),
      button("Save Markdown", () => saveText(markdown(), "md", "text/markdown"), { id: "brief-save" }),
      button("Copy Markdown", () => copy(markdown(), "Brief"), { id: "brief-copy" }),
      button("Close", closeBrief, { id: "brief-close" }),
    ),
  );
  document.body.append(h("main", { id: "brief", onkeydown: onKey }, tools, h("div", { id: "brief-page" })));
  document.documentElement.toggleAttribute("data-brief", true);
  scrollTo(0, 0);
  renderBrief();
  $("brief-title").focus({ preventScroll: true });
  say("Brief");
}
/** @param {KeyboardEvent} event */
function onKey(event) {
  event.stopPropagation();
  if (event.key === "Escape") closeBrief();
}
export function closeBrief() {
  if (!$("brief")) return;
  $("brief").remove();
  document.documentElement.toggleAttribute("data-brief", false);
  opener?.focus();
}
