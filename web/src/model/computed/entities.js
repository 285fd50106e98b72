// The entities of the network by name: those of the page, and those without a record.
import { iri, nodes, text } from "../data.js";
import { tables } from "./networks.js";

/** @type {Map<number, { iri: string, label: string, class: string }> | undefined} */
let others;
/** The name, label and class of an entity of the network. @param {number} node */
export function entityOf(node) {
  const row = tables().nodes[node];
  if (row >= 0) {
    const { iri: name, label, class: of } = nodes[row];
    return { iri: name, label, class: of.name };
  }
  others ??= new Map(
    tables().others.map(([other, name, label, cls]) => [
      other,
      { iri: iri(name), label: text(label), class: text(cls) },
    ]),
  );
  return others.get(node) ?? { iri: "", label: "", class: "Entity" };
}
