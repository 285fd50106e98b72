// Small builders of elements. Only numbers and our own words become style; data becomes text.
import { count } from "./model/format.js";
import { legible } from "./model/text.js";

/**
 * The element of the page with this id. The template has all of them but those that a view makes itself.
 * @type {(id: string) => HTMLElement}
 */
export const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** The same where it is a field, a list of choices or a button. @type {(id: string) => HTMLInputElement} */
export const field = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
/** What there is of a selector within an element; of a kind that the caller knows. @type {(box: ParentNode, selector: string) => HTMLElement} */
export const find = (box, selector) => /** @type {HTMLElement} */ (box.querySelector(selector));
/** @type {(box: ParentNode, selector: string) => HTMLElement[]} */
export const findAll = (box, selector) => /** @type {HTMLElement[]} */ ([...box.querySelectorAll(selector)]);
/** What has the keyboard: the body where nothing else has. */
export const focused = () => /** @type {HTMLElement} */ (document.activeElement ?? document.body);
/** @type {(event: Event) => HTMLElement} */
export const target = (event) => /** @type {HTMLElement} */ (event.target);
/** The field that an event is about. @type {(event: Event) => HTMLInputElement} */
export const targetField = (event) => /** @type {HTMLInputElement} */ (event.target);
export const help = () => /** @type {HTMLDialogElement} */ (document.getElementById("help"));

// Attributes that people read.
const READ = new Set(["title", "aria-label", "placeholder"]);
/**
 * Children as they are appended: lists laid flat, text legible, and what is not there left out.
 * @param {Child} child
 * @returns {(Node | string)[]}
 */
export function nodesOf(child) {
  if (Array.isArray(child)) return child.flatMap(nodesOf);
  if (child === null || child === undefined || typeof child === "boolean") return [];
  return [typeof child === "object" ? child : legible(String(child))];
}
// An element with attributes, handlers (onclick: function) and children; strings among them become text nodes.
/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), /** @type {EventListener} */ (value));
    else if (key === "class") element.className = String(value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(key, READ.has(key) ? legible(String(value)) : String(value));
  }
  element.append(...nodesOf(children));
  return element;
}
/** Text from data, in whichever direction it is written.
 * @template {keyof HTMLElementTagNameMap} [Tag="span"]
 * @param {string} label
 * @param {Tag} [tag]
 * @param {Props} [props]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export const named = (label, tag = /** @type {Tag} */ ("span"), props = {}) => h(tag, { dir: "auto", ...props }, label);
/**
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...nodesOf(children));
  return element;
}
/** @type {(label: string, onclick: (event: MouseEvent) => unknown, props?: Props) => HTMLButtonElement} */
export const button = (label, onclick, props = {}) => h("button", { type: "button", onclick, ...props }, label);
/** @type {(label: string, onclick: (event: MouseEvent) => unknown) => HTMLButtonElement} */
export const closeButton = (label, onclick) => button("×", onclick, { class: "close", "aria-label": label });
// A number with what it counts, for a list of terms.
/** @type {(value: number, label: string) => HTMLElement} */
export const numberTerm = (value, label) => h("div", {}, h("dt", {}, label), h("dd", {}, count(value)));
/** A paragraph that explains or counts. @type {(...children: Child[]) => HTMLElement} */
export const quietLine = (...children) => h("p", { class: "quiet" }, ...children);
/** A part that can be folded away. @type {(title: string, number: number | null, open: boolean, ...children: Child[]) => HTMLElement} */
export const foldable = (title, number, open, ...children) =>
  h(
    "details",
    { open },
    h("summary", {}, h("h3", {}, title), number !== null && h("span", { class: "count" }, count(number))),
    ...children,
  );
