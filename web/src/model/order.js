// The order of texts as Python has it.

/** By code point. @type {(a: string, b: string) => number} */
export const byCode = (a, b) => {
  const [first, second] = [[...a], [...b]];
  const place = first.findIndex((character, index) => character !== second[index]);
  if (place < 0) return first.length - second.length;
  return (first[place].codePointAt(0) ?? 0) - (second[place]?.codePointAt(0) ?? -1);
};
