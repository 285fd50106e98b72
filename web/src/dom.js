// Small builders of elements. Only numbers and our own words become style; data becomes text.
import { count } from "./model/format.js";
import { legible } from "./model/text.js";

export const $ = (id) => document.getElementById(id);

// Attributes that people read.
const READ = new Set(["title", "aria-label", "placeholder"]);
// An element with attributes, handlers (onclick: function) and children; strings among them become text nodes.
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, READ.has(key) ? legible(value) : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false).map(legible));
  return element;
}
export const named = (label, tag = "span", props = {}) => h(tag, { dir: "auto", ...props }, label);
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.map(legible));
  return element;
}
export const button = (label, onclick, props = {}) => h("button", { type: "button", onclick, ...props }, label);
export const closeButton = (label, onclick) => button("×", onclick, { class: "close", "aria-label": label });
// A number with what it counts, for a list of terms.
export const numberTerm = (value, label) => h("div", {}, h("dt", {}, label), h("dd", {}, count(value)));
