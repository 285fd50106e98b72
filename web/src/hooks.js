// For tests and the console: where an entity is on the screen, and what is shown. It tells nothing that the page does not show.
import { $ } from "./dom.js";
import { dataAddress, drawingPicture, drawingText } from "./export/picture.js";
import { facts, nodes } from "./model/data.js";
import { bestPaths } from "./model/paths.js";
import { entityAt, mapCentre, mapScale, placeOf } from "./render/map.js";
import { shownNodes, state } from "./store.js";
import { link } from "./url/url.js";
import { shownCsv } from "./views/save-menu.js";

export const hooks = Object.freeze({
  place: (/** @type {string} */ label) => {
    const node = /** @type {Entity} */ (nodes.find((n) => n.label === label));
    const box = $("map").getBoundingClientRect();
    const place = placeOf(node.index);
    return { x: box.left + place.x, y: box.top + place.y };
  },
  shown: () => shownNodes().map((id) => nodes[id].label),
  present: () => ({
    entities: nodes.filter((n) => n.inWorld).map((n) => n.iri),
    facts: facts.filter((f) => f.inWorld).map((f) => [f.kind.key, f.record]),
  }),
  selected: () => (state.selected < 0 ? null : nodes[state.selected].label),
  csv: shownCsv,
  link,
  paths: (/** @type {string} */ from, /** @type {string} */ to, /** @type {PathOptions} */ options) => {
    /** @param {string} label */
    const row = (label) => nodes.findIndex((node) => node.label === label);
    const { paths, more, cut } = bestPaths(row(from), row(to), options);
    return { paths: paths.map((path) => path.nodes.map((id) => nodes[id].label)), more, cut };
  },
  lens: () =>
    state.lens && {
      name: state.lens.name,
      nodes: [...state.lens.nodes].map((id) => nodes[id].label).sort(),
      edges: state.lens.edges.size,
    },
  at: (/** @type {number} */ x, /** @type {number} */ y) => nodes[entityAt(x, y)]?.label ?? null,
  view: () => ({ centre: mapCentre(), scale: mapScale() }),
  svg: drawingText,
  png: (/** @type {number} */ scale) => drawingPicture(scale).then(({ blob }) => dataAddress(blob)),
});
