// The form in the panel that asks for paths: the other end, the direction, how long and how many.
import { showPaths } from "../actions/path-highlight.js";
import { $, button, find, h, named, targetField } from "../dom.js";
import { nodes } from "../model/data.js";
import { BOUNDS, DEFAULTS, asHarmGoes, bounded } from "../model/path-query.js";
import { hits } from "../model/runs.js";
import { changed, state } from "../store.js";
import { combobox } from "./search.js";

// The open form: whose it is, the other end, which of the two is the start.
/** @type {PathsForm | null} */
let opened = null;
// Another entity is selected: the form of the last one is gone.
export const dropForm = () => {
  opened = null;
};
export const currentForm = () => (opened && opened.node === state.selected ? opened : null);
export function openPaths() {
  const node = state.selected;
  if (node < 0) return;
  const shownQuery = state.pathQuery?.kind === "between" ? state.pathQuery : null;
  const start = shownQuery ? shownQuery.from === node : true;
  opened = {
    ...DEFAULTS,
    ...(state.pathQuery?.kind === "here" ? { hops: state.pathQuery.hops } : shownQuery),
    node,
    start,
    other: shownQuery ? (start ? shownQuery.to : shownQuery.from) : -1,
    wrong: "",
  };
  changed("panel");
  $("ways-end").focus();
}
function closeForm() {
  opened = null;
  changed("panel");
  $("paths")?.focus();
}
/** @param {string} focus */
function redraw(focus) {
  changed("panel");
  $(focus).focus();
}
// The paths are at the top of the panel.
export function toTop() {
  const title = find($("ways"), "h3");
  title.scrollIntoView({ block: "start" });
  title.focus({ preventScroll: true });
}
/**
 * @param {Event} event
 * @param {PathsForm} form
 */
function submit(event, form) {
  event.preventDefault();
  if (form.other < 0 || form.other === form.node) {
    form.wrong =
      form.other < 0 ? "Choose the other end from the list first." : "Choose another entity for the other end.";
    return redraw("ways-end");
  }
  const { node, start, other, direction, hops, k } = form;
  dropForm();
  const [from, to] = start ? [node, other] : [other, node];
  showPaths(asHarmGoes({ kind: "between", from, to, direction, hops, k, chosen: -1 }));
  return toTop();
}
/**
 * @param {number} node
 * @param {number} [hops]
 * @param {boolean} [only]
 */
export function showHere(node, hops = DEFAULTS.hops, only = hits().length > 0) {
  dropForm();
  showPaths({ kind: "here", to: node, hops, hits: only });
  toTop();
}

/**
 * @param {PathsForm} form
 * @param {"hops" | "k"} key
 * @param {string} label
 */
function numberField(form, key, label) {
  const [min, max] = BOUNDS[key];
  return h(
    "label",
    {},
    label,
    h("input", {
      type: "number",
      id: `ways-${key}`,
      min: String(min),
      max: String(max),
      step: "1",
      value: String(form[key]),
      oninput: (event) => {
        if (targetField(event).value !== "") form[key] = bounded(key, Number(targetField(event).value));
      },
      onchange: (event) => {
        targetField(event).value = String(form[key]);
      },
    }),
  );
}
/** @param {PathsForm} form */
function otherEnd(form) {
  const field = endField(form);
  const list = h("ul", {
    id: "ways-hits",
    class: "way-hits",
    role: "listbox",
    "aria-label": "Other end",
    hidden: true,
  });
  /** @param {Entity} node */
  const take = (node) => {
    form.other = node.index;
    field.value = node.label;
  };
  /**
   * With its list closed, Escape is for the form.
   * @param {KeyboardEvent} event
   * @param {{ close: () => void }} box
   */
  const leave = (event, box) => {
    if (list.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    box.close();
  };
  combobox(field, list, { prefix: "way-hit", take, leave });
  return h("div", { class: "field" }, field, list);
}
/** @param {PathsForm} form */
function endField(form) {
  const field = h("input", {
    type: "search",
    id: "ways-end",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": form.start ? "To" : "From",
    "aria-expanded": "false",
    "aria-controls": "ways-hits",
    "aria-autocomplete": "list",
    placeholder: "Search an entity",
    dir: "auto",
    oninput: () => {
      form.other = -1;
    },
  });
  if (form.other >= 0) field.value = nodes[form.other].label;
  return field;
}
/** @param {PathsForm} form */
function endsPart(form) {
  const fixed = named(nodes[form.node].label, "b", { class: "label" });
  const other = otherEnd(form);
  const swap = () => {
    form.start = !form.start;
    redraw("ways-swap");
  };
  return h(
    "div",
    { class: "way-ends" },
    h("span", { class: "key" }, "From"),
    form.start ? fixed : other,
    h("span", { class: "key" }, "To"),
    form.start ? other : fixed,
    button("⇅", swap, { id: "ways-swap", class: "swap", "aria-label": SWAP, title: SWAP }),
  );
}
const SWAP = "Swap the two ends";
/** @param {PathsForm} form */
function directionField(form) {
  const onchange = (/** @type {Event} */ event) => {
    form.direction = targetField(event).value === "any" ? "any" : "harm";
  };
  const direction = h(
    "select",
    { id: "ways-direction", onchange },
    h("option", { value: "harm" }, "as harm travels"),
    h("option", { value: "any" }, "in any direction"),
  );
  direction.value = form.direction;
  return h("label", {}, "Direction", direction);
}
/** @param {PathsForm} form */
export function formPart(form) {
  const onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    closeForm();
  };
  return h(
    "form",
    { class: "ways", id: "ways-form", "aria-label": "Paths", onsubmit: (event) => submit(event, form), onkeydown },
    endsPart(form),
    form.wrong && h("p", { class: "wrong", role: "alert" }, form.wrong),
    h(
      "div",
      { class: "choices" },
      directionField(form),
      numberField(form, "hops", "Max. links"),
      numberField(form, "k", "Max. paths"),
    ),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "submit", class: "primary" }, "Find paths"),
      button("Paths to here", () => showHere(form.node, form.hops), { id: "ways-here" }),
      button("Cancel", closeForm),
    ),
  );
}
