// The side panel: what is known about the selection, and why it loses what it loses.

import { setCompany } from "../actions/mine.js";
import { arrangeBy, clearSelection, setView, toggleNeighbours } from "../actions/selection.js";
import { $, button, closeButton, find, foldable, h, named, nodesOf, quietLine } from "../dom.js";
import { narrow } from "../media.js";
import { computes } from "../model/computed/run.js";
import { nodes, raw } from "../model/data.js";
import { shortName } from "../model/names.js";
import { impacts } from "../model/runs.js";
import { UNKNOWN, isSilent } from "../model/silence.js";
import { hiddenNeighbours, state } from "../store.js";
import { maybeSame } from "./identity.js";
import { linePart } from "./line-panel.js";
import { partLine, shortLines, sparedLine } from "./caveats.js";
import { copy } from "./clipboard.js";
import { comparedWhys, comparison } from "./compare.js";
import { exposurePart } from "./exposure.js";
import { INFERRED, groupSection, groups, mark, sources } from "./facts.js";
import { focusStage, keepFocus } from "./focus.js";
import { glyph } from "./glyphs.js";
import { star } from "./star.js";
import { listsPart } from "./lists.js";
import { outcome, overview } from "./overview.js";
import { pathButtons, pathParts } from "./paths-panel.js";
import { entityQuestions, whatIfPart } from "./what-if.js";
import { remediesPart } from "./remedies.js";
import { why } from "./why.js";

/** @param {string} name */
const sparql = (name) => {
  const safe = name.replace(/[\u0000-\u0020<>"{}|\\^`]/g, encodeURIComponent);
  return `SELECT ?subject ?property ?object WHERE {\n  { BIND(<${safe}> AS ?subject) ?subject ?property ?object }\n  UNION\n  { BIND(<${safe}> AS ?object) ?subject ?property ?object }\n}`;
};
/** @param {Entity} node */
function entityHead(node) {
  const inferred = node.inferred && [" ", mark("inferred", INFERRED, "inferred")];
  const label = named(node.label, "h2", { tabindex: "-1" });
  return [
    h(
      "div",
      { class: "title" },
      glyph(node.class),
      h("div", {}, h("p", { class: "class" }, node.class.label, inferred), label),
      star(node.index, "star panel"),
    ),
    otherNames(node),
    maybeSame(node.index),
    node.comment && named(node.comment, "p", { class: "comment" }),
    (node.bare || !node.inWorld) && h("p", { class: "comment" }, bareNotice(node.bare)),
    entityQuestions(node.index),
    actions(node),
  ];
}
/** @param {Entity} node */
function otherNames({ alias, identifier }) {
  const aliases = alias.map((name, i) => [i ? ", " : "", named(name)]);
  const codes = identifier.map((name) => named(name, "code"));
  return [
    aliases.length > 0 && h("p", { class: "aliases" }, "Also ", aliases),
    codes.length > 0 && h("p", { class: "aliases" }, codes),
  ];
}
// Why nothing but a name is known in the world that is shown.
/** @param {boolean} named */
function bareNotice(named) {
  if (state.world.document >= 0) return named ? "This document only names it." : "This document does not name it.";
  return named ? "It does not hold on this day; what holds only names it." : "It does not hold on this day.";
}
/** @param {Entity} node */
function actions({ index }) {
  const expand = hiddenNeighbours(index).length ? "Expand" : "Collapse";
  return h(
    "div",
    { class: "actions" },
    state.view === "map" && button(expand, () => toggleNeighbours(index), { id: "expand" }),
    state.view === "map" &&
      button("Lay out alone", () => arrangeBy(state.arrangement.by === "alone" ? "links" : "alone"), {
        id: "alone",
        "aria-pressed": String(state.arrangement.by === "alone"),
        title: "Only this with its neighbours, or the paths that are lit, harm from left to right",
      }),
    state.view === "cascade" && button("Map", () => setView("map")),
    pathButtons(),
    // On a narrow page the panel would lie on what it opens.
    button("My company", () => setCompany(index === state.company ? -1 : index, narrow.matches ? -1 : index), {
      id: "my-company",
      "aria-pressed": String(index === state.company),
      title: "Every shock on it, worst first, and the single failures that take most of it",
    }),
  );
}

// Whether names and queries for programs are shown: for all entities, once somebody has asked for them.
let forDevelopers = false;
/** @param {Entity} node */
function developers({ iri }) {
  const box = foldable(
    "For developers",
    null,
    forDevelopers,
    named(iri, "code"),
    h(
      "div",
      { class: "actions" },
      button("Copy IRI", () => copy(iri, "IRI")),
      button("Copy SPARQL", () => copy(sparql(iri), "SPARQL")),
    ),
    // A page that a server has sent leads to what else it has.
    raw.site !== undefined &&
      h(
        "p",
        { class: "ways-on" },
        h("a", { href: `${raw.site}/entity/${encodeURIComponent(shortName(iri))}` }, "Its page"),
        " · ",
        h("a", { href: `${raw.site}/editor?query=${encodeURIComponent(sparql(iri))}` }, "Query this"),
      ),
    quietLine("Each fact above has a button with its IRI."),
  );
  box.classList.add("developers");
  box.addEventListener("toggle", () => {
    forDevelopers = /** @type {HTMLDetailsElement} */ (box).open;
    $("panel").classList.toggle("developer", forDevelopers);
  });
  return box;
}

// What has the focus when the element that had it is gone: the button of the paths that were closed, the heading of
// another entity, or, where the panel was closed, the map or the board.
/** @type {Entity | Impact | null} */
let subject = null;
/**
 * @param {HTMLElement} before
 * @param {Entity | Impact | null} now
 */
function instead(before, now) {
  if (!now) return { focus: focusStage };
  return (now === subject && before.closest(".ways") && $("paths")) || find($("panel"), "h2[tabindex]");
}
/** What the run that is shown says of the selection: its loss and why. @returns {Child[]} */
function runPart() {
  const [node, impact] = [state.selected, state.row >= 0 ? impacts[state.row] : null];
  const isUnknown = node >= 0 && isSilent(node, state.world);
  const unknown = isUnknown && h("p", { class: "bearing", id: "not-known" }, UNKNOWN);
  if (state.view === "compare") return [unknown, ...comparedWhys()];
  const lines = node >= 0 ? [!isUnknown && sparedLine(node), partLine(node), shortLines(node)] : [];
  return [unknown, ...lines, impact && why(impact)];
}
/** While a slider is dragged the panel stays, and what the run says of the selection follows. */
export function refreshRunPart() {
  $("run-part")?.replaceChildren(...nodesOf(runPart()));
}
/** What would help an entity, what threatens it, and all that is known about it. @param {Entity} node @returns {Child[]} */
function knownParts(node) {
  const sections = groups(node.index).map((group) => groupSection(group, node.index));
  const note =
    "“What if this fails?” is asked of entities, dependencies and supplies: harm travels along no other line.";
  return [
    listsPart(node.index),
    remediesPart(node.index),
    exposurePart(node.index),
    sections.length ? sections : quietLine("Nothing else is known about it."),
    computes && sections.length > 0 && quietLine(note),
    foldable("Named in", node.evidence.length, false, sources(node.evidence)),
    developers(node),
  ];
}
export function renderPanel() {
  const panel = $("panel");
  const impact = state.row >= 0 ? impacts[state.row] : null;
  const node = state.selected >= 0 ? nodes[state.selected] : null;
  const line = node || impact ? null : linePart();
  /** @type {Child[]} */
  const parts = line
    ? [line, whatIfPart()]
    : node
      ? [entityHead(node), whatIfPart(), pathParts()]
      : impact
        ? [named(impact.label, "h2", { tabindex: "-1" }), whatIfPart()]
        : [
            whatIfPart(),
            {
              cascade: outcome,
              compare: comparison,
              map: overview,
              mine: overview,
              shocks: overview,
              identity: overview,
            }[state.view](),
          ];
  parts.push(h("div", { id: "run-part" }, runPart()));
  if (node) parts.push(...knownParts(node));
  const close = (node || impact || line) && closeButton("Close facts", clearSelection);
  keepFocus(
    panel,
    () => panel.replaceChildren(...nodesOf([close, parts])),
    (before) => instead(before, node || impact),
  );
  subject = node || impact;
  panel.scrollTop = 0;
  panel.classList.toggle("filled", Boolean(node || impact || line));
}
