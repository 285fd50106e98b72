// The order of texts as Python has it, and lists by a key.

/** By code point. @type {(a: string, b: string) => number} */
export const byCode = (a, b) => {
  const [first, second] = [[...a], [...b]];
  const place = first.findIndex((character, index) => character !== second[index]);
  if (place < 0) return first.length - second.length;
  return (first[place].codePointAt(0) ?? 0) - (second[place]?.codePointAt(0) ?? -1);
};
/**
 * Lists of what has the same key, in the order of their first; Map.groupBy is too young for some browsers.
 * @template Item
 * @param {Iterable<Item>} items
 * @param {(item: Item) => string} key
 * @returns {Map<string, Item[]>}
 */
export function groupedBy(items, key) {
  /** @type {Map<string, Item[]>} */
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
