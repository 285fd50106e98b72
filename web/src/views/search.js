// A field that finds entities, with the list of its results.
import { toggleMark } from "../actions/mine.js";
import { pick } from "../actions/selection.js";
import { $, field, h, named } from "../dom.js";
import { plain, search } from "../model/search.js";
import { isListed } from "../model/sight.js";
import { focusStage } from "./focus.js";
import { glyph } from "./glyphs.js";
import { starSign } from "./star.js";
import { state } from "../store.js";

/**
 * A line that cannot be picked; in a list box it is an option all the same.
 * @param {string} words
 */
const note = (words) =>
  h("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, words);

// A field that finds entities: `take` gets the node that was picked, `leave` is called on Escape.
class Combobox {
  /** @type {Entity[]} */
  hits = [];
  marked = -1;
  // How many are found that are not on the list, where only that is shown.
  unlisted = 0;
  /**
   * @param {HTMLInputElement} field
   * @param {HTMLElement} list
   * @param {ComboboxOptions} options
   */
  constructor(field, list, { prefix, take, leave, marks = false }) {
    this.field = field;
    this.list = list;
    this.prefix = prefix;
    this.onTake = take;
    this.marks = marks;
    field.addEventListener("input", () => {
      const found = search(field.value);
      this.hits = marks ? found.filter(({ index }) => isListed(index)) : found;
      this.unlisted = found.length - this.hits.length;
      this.marked = this.hits.length ? 0 : -1;
      this.render();
    });
    field.addEventListener("blur", () => this.close());
    field.addEventListener("keydown", (event) => this.onKey(event, leave));
  }
  /**
   * @param {KeyboardEvent} event
   * @param {ComboboxOptions["leave"]} leave
   */
  onKey(event, leave) {
    const count = Math.min(12, this.hits.length);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (count) this.marked = (this.marked + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.render();
    } else if (event.key === "Enter" && event.shiftKey && this.marks) {
      event.preventDefault();
      if (this.hits.length) this.mark(Math.max(0, this.marked));
    } else if (event.key === "Enter") {
      // Where nothing is offered, a form around the field may have it.
      if (this.hits.length || !this.field.form) event.preventDefault();
      this.take(Math.max(0, this.marked));
    } else if (event.key === "Escape") leave(event, this);
  }
  /**
   * @param {Entity} node
   * @param {number} i
   */
  line(node, i) {
    const query = plain(this.field.value);
    const alias = plain(node.label).includes(query)
      ? null
      : [...node.alias, ...node.identifier].find((name) => query && plain(name).includes(query));
    return h(
      "li",
      {
        role: "option",
        id: `${this.prefix}-${i}`,
        "aria-selected": String(i === this.marked),
        onpointerdown: (/** @type {Event} */ event) => {
          event.preventDefault();
          this.take(i);
        },
      },
      glyph(node.class),
      h(
        "span",
        { class: "what" },
        named(node.label, "span", { class: "label" }),
        named(alias || "", "span", { class: "class" }),
      ),
      h("span", { class: "class" }, node.class.label),
      this.marks && this.star(node, i),
    );
  }
  /**
   * For the pointer; the keyboard has Shift and Enter.
   * @param {Entity} node
   * @param {number} i
   */
  star({ index }, i) {
    const press = (/** @type {Event} */ event) => {
      event.preventDefault();
      event.stopPropagation();
      this.mark(i);
    };
    return [
      h("span", { class: "star", "aria-hidden": "true", title: "My list", onpointerdown: press }, starSign(index)),
      state.mine.has(index) && h("span", { class: "away" }, "on my list"),
    ];
  }
  /** @param {number} i */
  mark(i) {
    toggleMark(this.hits[i].index);
    this.marked = i;
    this.render();
  }
  render() {
    const { field, list, hits } = this;
    const listed = hits.slice(0, 12);
    const none = field.value.trim() && !listed.length && !this.unlisted;
    list.replaceChildren(
      ...listed.map((node, i) => this.line(node, i)),
      ...(none ? [note("Nothing found")] : []),
      ...(hits.length > 12 ? [note(`and ${hits.length - 12} more`)] : []),
      ...(this.unlisted ? [note(`${listed.length ? "and " : ""}${this.unlisted} not on your list`)] : []),
    );
    list.hidden = !listed.length && !none && !this.unlisted;
    field.setAttribute("aria-expanded", String(!list.hidden));
    if (this.marked >= 0) field.setAttribute("aria-activedescendant", `${this.prefix}-${this.marked}`);
    else field.removeAttribute("aria-activedescendant");
  }
  close() {
    this.hits = [];
    this.unlisted = 0;
    this.marked = -1;
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
  }
  /** @param {number} i */
  take(i) {
    const node = this.hits[i];
    if (!node) return;
    this.close();
    this.onTake(node);
  }
}
/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} list
 * @param {ComboboxOptions} options
 */
export const combobox = (field, list, options) => new Combobox(field, list, options);

export function startSearch() {
  const input = field("search");
  /** @param {Entity} node */
  const take = (node) => {
    input.value = "";
    pick(node.index);
    focusStage();
  };
  /**
   * @param {KeyboardEvent} event
   * @param {{ close: () => void }} box
   */
  const leave = (event, box) => {
    event.stopPropagation();
    input.value = "";
    box.close();
    focusStage();
  };
  combobox(input, $("hits"), { prefix: "hit", take, leave, marks: true });
}
