// The families of classes and of relations: what the legend calls them, and how their lines look.
/** @type {Record<Family, string>} */
export const FAMILIES = {
  organisation: "Organisations",
  thing: "Made, used, traded",
  capability: "Capabilities",
  money: "Money",
  people: "People",
  rule: "Rules",
  place: "Places and ideas",
};
/** @type {Record<string, { label: string, letter: string, dash: number[] | false, arrow: ArrowKind }>} */
export const LINES = {
  need: { label: "Needs", letter: "D", dash: false, arrow: "arrow" },
  structure: { label: "Structure", letter: "S", dash: [7, 4], arrow: "diamond" },
  rule: { label: "Rules", letter: "R", dash: [2, 3], arrow: "bar" },
  relation: { label: "Other relations", letter: "O", dash: [9, 3, 2, 3], arrow: "vee" },
};
