// The short name of an IRI: without the base that most share. Commands and addresses use it.
import { raw } from "./data.js";

/** @param {string} iri */
export function shortName(iri) {
  const short = iri.startsWith(raw.base) ? iri.slice(raw.base.length) : iri;
  return !short || short.includes(":") ? iri : short;
}
