// What the address of the page holds of its state (see url.js), and what happens when the page is opened with such an address.
import { isOpen, openWorld } from "../actions/world.js";
import { $ } from "../dom.js";
import { groupKeys } from "../model/cascade-drawing.js";
import { documents, edges, kinds, nodes, raw } from "../model/data.js";
import { KINDS_OFF_AT_FIRST, filter } from "../model/graph.js";
import { firstStep, impactOf, impacts, lastStep } from "../model/runs.js";
import { COLUMNS, FIRST_ORDER } from "../model/tables.js";
import { legible } from "../model/text.js";
import { WHOLE } from "../model/world-filter.js";
import { days, hasWorlds, offered } from "../model/worlds.js";
import { canAsk, changed, keepUp, remember, state, steps, usualView } from "../store.js";
import { copy } from "../views/clipboard.js";
import { togglePart, usualParts } from "../views/parts.js";
import { packRows, unpackRows } from "./rows.js";
import { MISSING, fingerprint, nameOf, named, whole } from "./names.js";
import { registerMap } from "./map-state.js";
import { registerIdentity } from "./identity-state.js";
import { registerMine } from "./mine-state.js";
import { registerPaths } from "./paths-state.js";
import { registerQuestion } from "./question-state.js";
import { address, followAddress, link, listed, readLink, register, touch, unlisted } from "./url.js";

const OTHER = "The link was made for other data: what it names is shown where it is here as well.";

/**
 * @template Item
 * @param {Set<Item>} a
 * @param {Set<Item>} b
 */
const same = (a, b) => a.size === b.size && [...a].every((item) => b.has(item));
// What was visible when the page came up, before its address was read.
/** @type {Set<number>} */
let atFirst = new Set();
const KINDS_OFF = new Set(KINDS_OFF_AT_FIRST);
/**
 * @param {string} key
 * @param {() => Set<string>} set
 * @param {Set<string>} usual
 * @param {Set<string>} known
 */
function registerFilter(key, set, usual, known) {
  register(
    key,
    () => (same(set(), usual) ? "" : listed([...set()].sort()) || "-"),
    (value) => {
      const keys = value === "-" ? [] : value ? unlisted(value) : [...usual];
      set().clear();
      keys.filter((text) => known.has(text)).forEach((item) => set().add(item));
      return (
        !value ||
        keys.every((item) => known.has(item)) ||
        "The link filters by classes or relations that are not in this data."
      );
    },
    2,
  );
}
// Whether the link was made for this data: read before all that goes by rows.
let fits = true;
const goesByRows = () => !same(state.visible, atFirst) || (state.selected < 0 && state.row >= 0);

function registerView() {
  register(
    "data",
    () => (goesByRows() ? fingerprint() : ""),
    (value) => {
      fits = !value || value === fingerprint();
      return fits || OTHER;
    },
    1,
  );
  register(
    "view",
    () => (state.view === usualView() ? "" : state.view),
    (value) => {
      // Views are the buttons there are.
      const known = /^[a-z]{1,20}$/.test(value) && $(`view-${value}`) && !$(`view-${value}`).closest("[hidden]");
      state.view = known ? /** @type {View} */ (value) : usualView();
      return !value || state.view === value;
    },
    1,
  );
  registerFilter("without", () => filter.classesOff, new Set(), new Set(raw.classes.map((klass) => klass.name)));
  registerFilter("cut", () => filter.kindsOff, KINDS_OFF, new Set([...KINDS_OFF, ...kinds.map((kind) => kind.key)]));
  register(
    "show",
    () => (same(state.visible, atFirst) ? "" : packRows(state.visible)),
    (value) => {
      const rows = value && fits ? unpackRows(value, nodes.length) : null;
      state.visible = rows ?? new Set(atFirst);
      return !value || !fits || Boolean(rows);
    },
    3,
  );
}
/** A step of the cascade; null where the value is none. @param {string} value */
const stepOf = (value) => whole(value, firstStep, lastStep);
function registerCascade() {
  register(
    "step",
    () => (!canAsk || state.step === lastStep ? "" : state.step),
    (value) => {
      state.step = stepOf(value) ?? lastStep;
      state.moved = Boolean(value) || state.moved;
      return !value || stepOf(value) !== null;
    },
  );
  register(
    "rows",
    () => (state.only < 0 ? "" : state.only),
    (value) => {
      state.only = stepOf(value) ?? -1;
      return !value || stepOf(value) !== null;
    },
  );
  register(
    "open",
    () => listed([...state.groups].sort()),
    (value) => {
      const groups = unlisted(value);
      const known = groupKeys();
      state.groups = new Set(groups.filter((key) => known.has(key)));
      return state.groups.size === new Set(groups).size;
    },
  );
  register(
    "small",
    () => (state.small ? "1" : ""),
    (value) => {
      state.small = value === "1";
      return !value || value === "1";
    },
  );
}
function registerSelection() {
  register(
    "entity",
    () => (state.selected >= 0 ? nameOf(state.selected) : ""),
    (value) => {
      state.selected = value ? named(value) : -1;
      state.row = impactOf.get(state.selected)?.index ?? -1;
      if (state.selected >= 0) state.visible.add(state.selected);
      return !value || state.selected >= 0 || MISSING;
    },
  );
  // An impact on something that is not drawn has no entity to go by.
  register(
    "row",
    () => (state.selected < 0 && state.row >= 0 ? state.row : ""),
    (value) => {
      const row = value && fits && state.selected < 0 ? whole(value, 0, impacts.length - 1) : null;
      if (row !== null) state.row = row;
      return !value || !fits || row !== null;
    },
    6,
  );
}

/**
 * @param {string} key
 * @param {"legend" | "drawer"} name
 * @param {() => boolean} usual
 */
function part(key, name, usual) {
  const open = () => state.open[name];
  register(
    key,
    () => (open() === usual() ? "" : open() ? "1" : "0"),
    (value) => {
      const on = value ? value === "1" : usual();
      if (on !== open()) togglePart(name, on);
      return ["", "0", "1"].includes(value);
    },
    8,
  );
}
function registerParts() {
  part("filter", "legend", () => usualParts().legend);
  part("table", "drawer", () => usualParts().drawer);
  for (const [view, usual] of Object.entries(FIRST_ORDER)) {
    const order = state.sort[/** @type {"map" | "cascade"} */ (view)];
    /** @param {Order} item */
    const write = (item) => `${item.column}${item.down ? "-down" : "-up"}`;
    register(
      `${view}-sort`,
      () => (write(order) === write(usual) ? "" : write(order)),
      (value) => {
        const [, column, direction] = /^(\d)-(up|down)$/.exec(value) ?? [];
        const fine = column !== undefined && Number(column) < COLUMNS;
        Object.assign(order, fine ? { column: Number(column), down: direction === "down" } : usual);
        return !value || fine;
      },
    );
  }
}

/**
 * In the address a document goes by its name, a day by itself.
 * @param {number} row
 */
const shortName = (row) =>
  documents[row].iri.startsWith(raw.base) ? documents[row].iri.slice(raw.base.length) : documents[row].iri;
/** @param {string} value */
function readWorld(value) {
  const document = offered.find((row) => shortName(row) === value) ?? -1;
  const day = document < 0 && days.includes(value) ? value : "";
  const world = document < 0 && !day ? WHOLE : { document, day };
  if (!isOpen(world)) openWorld(world);
  return !value || document >= 0 || Boolean(day) || "The link shows a document or a day that is not in this data.";
}
function registerWorld() {
  if (!hasWorlds) return;
  register(
    "world",
    () => (state.world.document >= 0 ? shortName(state.world.document) : state.world.day),
    readWorld,
    0,
  );
}
function registerCompare() {
  // Last: what the link selects may not be there in its world.
  register(
    "compare",
    () => (state.compare === "shocks" ? "" : state.compare),
    (value) => {
      state.compare = value === "worlds" || value === "changes" ? value : "shocks";
      if (state.selected >= 0 && !nodes[state.selected].inWorld)
        Object.assign(state, { selected: -1, row: -1, lens: null, pathQuery: null });
      if (state.line >= 0 && !edges[state.line].inWorld) state.line = -1;
      return ["", "worlds", "changes"].includes(value);
    },
    9,
  );
}

/** @param {string[]} notices */
function showNotices(notices) {
  $("notice").hidden = !notices.length;
  $("notice-text").textContent = legible(notices.join(" "));
}
/** @param {string} fragment */
function open(fragment) {
  remember();
  showNotices(readLink(fragment));
  changed("link", { fit: true });
}
/**
 * Back and forward in the browser: an entry of its own, so nothing is remembered for it.
 * @param {string} fragment
 * @param {number} by how many entries
 */
function comeBack(fragment, by) {
  keepUp(by);
  showNotices(readLink(fragment));
  changed("restored");
}
// Before the first drawing.
export function startLinks() {
  atFirst = new Set(state.visible);
  registerWorld();
  registerQuestion();
  registerMine();
  registerIdentity();
  registerView();
  registerCascade();
  registerSelection();
  registerPaths();
  registerMap();
  registerParts();
  registerCompare();
  $("notice-close").addEventListener("click", () => {
    showNotices([]);
    // The map has more room now.
    dispatchEvent(new Event("resize"));
  });
  // A frame made of text has no address to copy.
  $("copy-link").hidden = !address();
  $("copy-link").addEventListener("click", () => copy(`${address()}#${link()}`, "Link"));
  if (location.hash.length > 1) showNotices(readLink(location.hash.slice(1)));
  followAddress(open, comeBack, () => steps.taken);
  touch();
}
