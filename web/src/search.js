// Search by label, alias, identifier or IRI; "type:company" narrows it to a class.
import { nodes } from "./data.js";
import { focusStage } from "./main.js";
import { degree, pick } from "./state.js";
import { $, glyph, h, named } from "./style.js";

let hits = [];
let marked = -1;
const plain = (value) => value.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const haystacks = nodes.map((node) => [node.label, ...node.alias, ...node.identifier, node.iri.split(/[/#:]/).at(-1)].map(plain));

function find(query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const types = words.filter((word) => word.startsWith("type:")).map((word) => word.slice(5));
  const sought = words.filter((word) => !word.startsWith("type:")).join(" ");
  if (!words.length) return [];
  const typed = (node) => types.every((type) => plain(node.class.name).startsWith(type) || plain(node.class.label).startsWith(type));
  // Better: the whole name, then its start, then the start of a word, then anywhere.
  const score = (names) => Math.min(...names.map((name, i) => {
    const at = name.indexOf(sought);
    if (at < 0) return Infinity;
    return (name === sought ? 0 : at === 0 ? 1 : /\s/.test(name[at - 1]) ? 2 : 3) + (i ? 0.5 : 0);
  }));
  return nodes.filter(typed).map((node) => ({ node, score: score(haystacks[node.index]) })).filter((hit) => hit.score < Infinity)
    .sort((a, b) => a.score - b.score || degree(b.node.index) - degree(a.node.index)).map((hit) => hit.node);
}
function hitLine(node, i) {
  const sought = plain($("search").value);
  const alias = plain(node.label).includes(sought) ? null : [...node.alias, ...node.identifier].find((name) => plain(name).includes(sought));
  return h("li", { role: "option", id: `hit-${i}`, "aria-selected": String(i === marked), onpointerdown: (event) => { event.preventDefault(); take(i); } },
    glyph(node.class), h("span", { class: "what" }, named(node.label, "span", { class: "label" }), named(alias || "", "span", { class: "class" })), h("span", { class: "class" }, node.class.label));
}
function renderHits() {
  const field = $("search");
  const found = hits.slice(0, 12);
  const none = field.value.trim() && !found.length;
  $("hits").replaceChildren(...found.map(hitLine), ...(none ? [h("li", { class: "none" }, "Nothing found")] : []), ...(hits.length > 12 ? [h("li", { class: "none" }, `and ${hits.length - 12} more`)] : []));
  $("hits").hidden = !found.length && !none;
  field.setAttribute("aria-expanded", String(!$("hits").hidden));
  if (marked >= 0) field.setAttribute("aria-activedescendant", `hit-${marked}`);
  else field.removeAttribute("aria-activedescendant");
}
function closeHits() {
  hits = [];
  marked = -1;
  $("hits").hidden = true;
  $("search").setAttribute("aria-expanded", "false");
}
function take(i) {
  const node = hits[i];
  if (!node) return;
  $("search").value = "";
  closeHits();
  pick(node.index);
  focusStage();
}
export function startSearch() {
  const field = $("search");
  field.addEventListener("input", () => {
    hits = find(field.value);
    marked = hits.length ? 0 : -1;
    renderHits();
  });
  field.addEventListener("blur", closeHits);
  field.addEventListener("keydown", (event) => {
    const count = Math.min(12, hits.length);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (count) marked = (marked + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      renderHits();
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(Math.max(0, marked));
    } else if (event.key === "Escape") {
      event.stopPropagation();
      field.value = "";
      closeHits();
      focusStage();
    }
  });
}
