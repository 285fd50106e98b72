// Who else supplies a need: nobody of these data, or an entity by name.
import { button, h, named } from "../dom.js";
import { facts, nodes } from "../model/data.js";
import { plural } from "../model/format.js";
import { linkName } from "../model/question.js";
import { tell } from "./announce.js";
import { combobox } from "./search.js";

/** @typedef {Extract<QuestionLever, { supplier: number }>} SupplierLever */
/** @typedef {(lever: QuestionLever) => unknown} Take */

// The most suppliers that are named.
const NAMED = 3;

/** The fields of a further supplier. @type {(lever: SupplierLever, now: LeverChoices, take: Take, place: number) => Child} */
export const supplierFields = (lever, now, take, place) => [nameField(lever, take, place), standing(lever, now)];
/** @type {(lever: SupplierLever, take: Take, place: number) => HTMLElement} */
function nameField(lever, take, place) {
  const id = `supplier-${place}`;
  const about = `Who else supplies ${linkName(lever.fact)}`;
  const list = h("ul", {
    id: `${id}-hits`,
    class: "way-hits",
    role: "listbox",
    "aria-label": "Suppliers found",
    hidden: true,
  });
  const input = h("input", {
    id,
    type: "search",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": about,
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    placeholder: "Nobody of these data; or a name",
    value: lever.supplier < 0 ? "" : nodes[lever.supplier].label,
  });
  combobox(input, list, {
    prefix: `${id}-hit`,
    take: ({ index }) => {
      if (facts[lever.fact].ends.includes(index)) return tell(`${nodes[index].label} cannot be its own supplier`);
      return take({ ...lever, supplier: index });
    },
    leave: (_, box) => box.close(),
  });
  return h(
    "div",
    { class: "supplier-name" },
    input,
    lever.supplier >= 0 &&
      button("Nobody named", () => take({ ...lever, supplier: -1 }), { class: "link", id: `${id}-none` }),
    list,
  );
}
/** Who supplies it now, and whether the further one may lose as well. @type {(lever: SupplierLever, now: LeverChoices) => Child} */
function standing({ supplier }, { suppliers, forEveryone }) {
  const who =
    supplier < 0
      ? "One that is not in these data, and does not fail."
      : [named(nodes[supplier].label), ", which may lose as well."];
  const names = suppliers
    .slice(0, NAMED)
    .map(({ node }, place) => [place ? ", " : "", named(nodes[node]?.label ?? "one that is not drawn")]);
  const more = suppliers.length > NAMED && ` and ${plural(suppliers.length - NAMED, "other", "others")}`;
  return [
    h("p", { class: "quiet" }, who, " Now: ", names, more, "."),
    forEveryone && h("p", { class: "quiet" }, "It supplies everyone who needs it, not only this one."),
  ];
}
