// What a drawing of the cascade shows, as far as it is stepped: columns, their boxes, and the lines between boxes.
// The board and the SVG that is saved are drawn from this description; they choose sizes and colours, and nothing else.
// Columns, rows, causes, and which lines lead back come from Python (present/cascade_drawing.py), as for the report.
import { percent, range } from "./format.js";
import { cards, causalPath, firstStep, folded, impacts, isLoud, lastStep, shortages } from "./runs.js";
import { groupOf } from "./hit-groups.js";
import { groupedBy } from "./order.js";
import { spaced } from "./text.js";

// A step with more boxes than this has those of one class that lose equally much in one, which opens to a list.
const CROWDED = 6;
/** The row that stands for the shock as the cause of a loss. */
export const SHOCK = -1;

/** @typedef {Pick<PageState, "step" | "small" | "row" | "groups">} Shown */

/**
 * The drawing of the run that is shown.
 * @param {Shown} shown the last step that is reached, whether small losses are drawn, the row of the selected impact or -1,
 *   and which groups are open
 * @returns {CascadeDrawing}
 */
export function cascadeDrawing(shown) {
  const { row } = shown;
  const path = new Set(row >= 0 ? causalPath(impacts[row]).map((impact) => impact.index) : []);
  const columns = Array.from({ length: lastStep + 1 - firstStep }, (_, place) =>
    column(firstStep + place, shown, path),
  );
  /** @type {Map<number, number>} */
  const boxOf = new Map([[SHOCK, SHOCK]]);
  for (const { boxes } of columns)
    for (const { impact, members, open } of boxes)
      for (const member of open ? [] : members) boxOf.set(member.index, impact.index);
  return { columns, lines: oncePerPair(lines(boxOf, path, row), boxOf) };
}
/** Lines between the same two boxes are one, that which is painted last. @type {(list: CascadeLine[], boxOf: Map<number, number>) => CascadeLine[]} */
function oncePerPair(list, boxOf) {
  const key = (/** @type {CascadeLine} */ { cause, effect, look }) =>
    `${boxOf.get(cause)} ${boxOf.get(effect)} ${look === "thin"}`;
  const last = new Map(list.map((line) => [key(line), line]));
  return list.filter((line) => last.get(key(line)) === line);
}

/**
 * @param {number} step
 * @param {Shown} shown
 * @param {Set<number>} path
 * @returns {CascadeColumn}
 */
function column(step, shown, path) {
  const reached = step <= shown.step;
  const losses = cards(step, shown.small);
  const rest = folded(step, shown.small);
  return {
    step,
    name: step === 0 ? "Hit" : `Step ${step}`,
    reached,
    current: step === shown.step,
    total: losses.length + rest,
    folded: reached ? rest : 0,
    boxes: reached ? boxesOf(losses, shown, path) : [],
  };
}
/** What a group of the board goes by. @param {Impact} impact */
const groupKey = (impact) => `${impact.step} ${impact.class} ${impact.loss}`;
/** The groups that the run may have. */
export const groupKeys = () => new Set(impacts.map(groupKey));
/**
 * @param {Impact[]} losses of one step
 * @param {Shown} shown
 * @param {Set<number>} path
 */
function boxesOf(losses, shown, path) {
  if (losses.length <= CROWDED) return losses.map((impact) => box(impact, shown.row, path));
  const alike = groupedBy(losses, groupKey);
  return [...alike].flatMap(([key, members]) => {
    if (members.length === 1) return [box(members[0], shown.row, path)];
    // What is selected is in sight.
    const open = shown.groups.has(key) || members.some(({ index }) => path.has(index));
    const head = groupBox(key, members, open, shown.row, path);
    return open ? [head, ...members.map((impact) => ({ ...box(impact, shown.row, path), inGroup: true }))] : [head];
  });
}

/**
 * @param {Impact} impact
 * @param {number} row
 * @param {Set<number>} path
 * @returns {CascadeBox}
 */
function box(impact, row, path) {
  const onPath = path.has(impact.index);
  const between = range(impact);
  return {
    impact,
    members: [impact],
    group: "",
    open: false,
    inGroup: false,
    label: impact.label,
    selected: impact.index === row,
    onPath,
    // What the selected entity brings down itself stays as it is.
    dim: path.size > 0 && !onPath && impact.cause !== row,
    className: spaced(impact.class),
    loss: percent(impact.loss),
    range: between,
    description: `${impact.label}, loses ${percent(impact.loss)}${between ? `, between ${between}` : ""}, step ${impact.step}`,
  };
}
/**
 * Several of one class that lose equally much, in one box.
 * @param {string} group
 * @param {Impact[]} members
 * @param {boolean} open
 * @param {number} row
 * @param {Set<number>} path
 * @returns {CascadeBox}
 */
function groupBox(group, members, open, row, path) {
  const between = range(groupOf(members));
  const [first] = members;
  const name = `${members.length} × ${spaced(first.class)}`;
  return {
    ...box(first, row, path),
    members,
    group,
    open,
    label: name,
    selected: false,
    onPath: false,
    dim: path.size > 0 && members.every(({ index, cause }) => !path.has(index) && cause !== row),
    className: named(members),
    range: between,
    description: `${members.length} of class ${spaced(first.class)}, each loses ${percent(first.loss)}${between ? `, between ${between}` : ""}, step ${first.step}`,
  };
}
/** The first names of a group. @param {Impact[]} members */
const named = (members) => `${members[0].label}, ${members[1].label}${members.length > 2 ? ", …" : ""}`;

/**
 * In the order in which they are painted: what matters most comes last, to lie above the others.
 * @param {Map<number, number>} drawn
 * @param {Set<number>} path
 * @param {number} row
 * @returns {CascadeLine[]}
 */
function lines(drawn, path, row) {
  // Shortages that did not bind are drawn around the selection only, or they would be a web.
  const thin = shortages
    .filter(([cause, effect]) => row >= 0 && (cause === row || effect === row) && impacts[effect].cause !== cause)
    .map(([cause, effect, back]) => ({ cause, effect, back: Boolean(back), look: /** @type {LineKind} */ ("thin") }));
  const binding = impacts
    .map(({ cause, index }) => ({ cause: Math.max(cause, SHOCK), index }))
    .map(({ cause, index }) => ({ cause, effect: index, back: false, look: lookOf(cause, index, path, row) }))
    .toSorted((a, b) => Number(a.look === "path") - Number(b.look === "path"));
  return [...thin, ...binding].filter(({ cause, effect }) => drawn.has(cause) && drawn.has(effect));
}

/**
 * @param {number} cause
 * @param {number} effect
 * @param {Set<number>} path
 * @param {number} row
 * @returns {LineKind}
 */
function lookOf(cause, effect, path, row) {
  if (!path.size) return "binding";
  if ((cause === SHOCK || path.has(cause)) && path.has(effect)) return "path";
  return cause === row ? "next" : "faint";
}

/**
 * The path of a line, from the middle of the right side of its cause to that of the left side of its effect.
 * @param {CascadeLine} line
 * @param {Point} start
 * @param {Point} end
 */
export function curve({ back }, start, end) {
  // What leads back or stays in its column leaves and arrives in a bow.
  const reach = back ? 60 : Math.max(Math.min(24, end.x - start.x), (end.x - start.x) / 2);
  return `M${start.x} ${start.y}C${start.x + reach} ${start.y} ${end.x - reach} ${end.y} ${end.x} ${end.y}`;
}

/**
 * Where an arrow key leads: up and down in a column, left to the cause, right to the worst effect or the nearest box.
 * @param {Impact} impact
 * @param {string} key
 * @param {boolean} small
 */
export function impactBeside(impact, key, small) {
  const inColumn = cards(impact.step, small);
  const place = inColumn.indexOf(impact);
  if (key === "ArrowDown" || key === "ArrowUp") return inColumn[place + (key === "ArrowDown" ? 1 : -1)];
  /** @param {number} step */
  const nearest = (step) => {
    const losses = cards(step, small);
    return losses[Math.min(Math.max(place, 0), losses.length - 1)];
  };
  if (key === "ArrowLeft") return impacts[impact.cause] ?? nearest(impact.step - 1);
  return impacts.find((other) => other.cause === impact.index && isLoud(other, small)) ?? nearest(impact.step + 1);
}
