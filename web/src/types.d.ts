// The types that the modules of the page share. Rows are numbers: places in the lists of model/data.js.

/** JSON as graph/knockon sends it: columns, and rows of the table of strings. */
interface PageData {
  format: 1;
  title: string;
  base: string;
  strings: string[];
  classes: EntityClass[];
  kinds: Kind[];
  documents: Columns<"id" | "issued" | "publisher" | "retrieved" | "title" | "url"> & { changed?: number[] };
  evidence: Columns<"document" | "start" | "end" | "place" | "stance" | "claimant"> & { words?: number[] };
  nodes: NodeColumns;
  edges: EdgeColumns;
  facts: FactColumns;
  members: Members[];
  days: { named: number[][]; of: number; stop: string[] };
  /** The run that the page opens on; where the page computes, it is what that gives. */
  cascade?: RunTable;
  network?: NetworkData;
  left_out?: { why: string };
  /** The title of each data set, and the day on which it was issued; empty where it does not say. */
  data_sets?: [title: string, issued: string][];
  /** The list of the reader at first: rows of entities, the one that is "my company" or -1, and how many are not on the page. */
  portfolio?: { nodes: number[]; company: number; left_out: number };
  /** Where the pages of a server begin, which sent these data; empty at its root. */
  site?: string;
  /** Whom lists cover: rows of entities and of strings; `parts` are the sentences on a part of what may be covered, and of what is. */
  lists?: Columns<"covered" | "measure" | "node" | "standing" | "supposed" | "text"> &
    Record<"evidence" | "owners", number[][]> & { parts: string[] };
  /** Pairs that may be one; `of`: how many there are, `unasked`: why none were looked for, `save`: where a server takes judgements. */
  identity?: Columns<"first" | "id" | "reason" | "second" | "why"> & {
    names: number[][];
    header: string;
    of: number;
    unasked: number;
    save?: string;
  };
}
/** Whether a list covers an entity, why, and the owners whose stakes count. */
interface ListedParty {
  covered: number;
  node: number;
  measure: number;
  text: string;
  /** Whether the measure exists already, in words, and whether nobody has taken it. */
  standing: string;
  supposed: number;
  owners: number[];
  evidence: Evidence[];
}
type VerdictKey = "s" | "d" | "u";
/** Verdicts by the name of the judgement, in the order in which they were made. */
type Judgements = Map<string, VerdictKey>;
/** Two entities that may be one: their names in the data, their rows (-1: not drawn), and the names that are alike. */
interface IdentityPair {
  index: number;
  id: string;
  iris: string[];
  nodes: number[];
  names: string[];
  why: string;
  reason: string;
}
type Columns<Name extends string> = Record<Name, number[]>;
/** Lists are rows: of strings (alias, identifier), of evidence. */
type NodeColumns = Columns<"id" | "label" | "class" | "comment" | "inferred" | "since" | "until" | "x" | "y"> &
  Record<"alias" | "evidence" | "identifier", number[][]>;
type EdgeColumns = Columns<"from" | "to" | "kind"> & { fact: number[][] };
type FactColumns = Columns<"kind" | "record" | "headline" | "inferred" | "since" | "until" | "usedBy"> &
  Record<"ends" | "evidence" | "judged" | "notes", number[][]> & { criticality: (number | null)[] };
/** The columns x and y are the place in the cascade: step and rank. */
type ImpactColumns = Columns<
  | "cause"
  | "class"
  | "entity"
  | "high"
  | "label"
  | "loss"
  | "low"
  | "node"
  | "rests"
  | "stance"
  | "ungraded"
  | "x"
  | "y"
> &
  Record<"binding" | "evidence" | "inferred" | "judged", number[][]>;
/** One row of columns. */
type Row<Columns extends Record<string, unknown[] | undefined>> = {
  [Name in keyof Columns]: NonNullable<Columns[Name]>[number];
};
/** A row of a fact that reads differently: its row, ends, headline, notes, judged names, criticality. */
type OtherFact = [number, number[], number, number[], number[], number | null];
/** The entities are written by `toggled` of model/row-sets.js, those that are only named as the difference from them; facts by `total`. */
interface Members {
  document: number;
  nodes: number[];
  named: number[];
  facts: number[];
  other: OtherFact[];
}
interface RunTable {
  /** The finding in sentences, of a model that the page does not compute. */
  finding?: string[];
  run: Run;
  fold: number;
  impacts: ImpactColumns;
  shortages: ShortageRow[];
  parts?: [number, number, number, number][];
  short?: ShortNeed[];
}
/** What the page computes with: see graph/knockon/present/page/network_tables.py and network_worlds.py. */
interface NetworkData {
  model: string;
  stopping: { cap: number; eps: number };
  fold: number;
  /** How many of the first shocks the page opens on. */
  opens: number;
  /** Classes of suppliers that pass nothing on to others than those of money; none where that was asked for. */
  finance: string[];
  money: string[];
  /** 1 where only a part of the entities is drawn. */
  excerpt: 0 | 1;
  /** The row of the page of each entity, or -1; entities that are not drawn and have no record: row, name, label, class. */
  nodes: number[];
  others: [number, number, number, number][];
  hidden: number[];
  own: number[];
  intervals: [number, number, number][];
  slots: Columns<"owner" | "need" | "weight" | "mode" | "width" | "flags"> &
    Record<"records" | "evidence", number[][]> &
    Record<"atLeast" | "buffer" | "dispute", [slot: number, value: number][]> & {
      named: [slot: number, names: [name: number, words: number][]][];
      terms: [slot: number, combination: number, atLeast: number, passing: (number | null)[]][];
    };
  /** A stated share of -1 is the one that counts; null: not stated. */
  supplies: Columns<"provider" | "share" | "unstated"> &
    Record<"records" | "evidence", number[][]> & { stated: (number | null)[] };
  records: Columns<"name" | "stance" | "flags"> & { facts: number[][] };
  /** By row of a record, the rows of the page that it names as alternatives. */
  alternatives: [record: number, nodes: number[]][];
  hits: Columns<"name" | "judged"> & { evidence: number[][] };
  parts: Columns<"part" | "whole">;
  shocks: Columns<"comment" | "label" | "name" | "since" | "status" | "until"> &
    Record<"basis" | "evidence", number[][]> & { measures: [name: number, kind: number, status: number][][] };
  /** What is 0 or empty is left out. */
  cases: Partial<ShockData>[];
  notes: { owners: [node: number, sentence: number][]; reached: Note3[][] }[];
  words: Words;
  worlds: WorldData[];
}
type Note3 = [kind: number, where: number, words: number];
/** What a shock hits in a world, in rows of the tables, and sentences on that: rows of strings. */
interface ShockData {
  hits: [kind: number, row: number, interval: number, target: number, record: number, ungraded: number][];
  says: number[];
  ends: number[];
  silence: number;
  why: number;
  hash: number;
  left_out: number;
  /** How many targets it has, also those that are not in the network. */
  named: number;
  added: number;
  stance: number;
  /** How many targets nobody states a severity of, also those that take no part in the network. */
  unstated: number;
}
interface Words {
  caveat: string;
  capped: string;
  /** Words for a criticality: low, point and high, and the next lower word; empty where there is none. */
  levels: [word: string, low: number, point: number, high: number, lower: string][];
  more: string;
  named: number;
  needs: string[];
  nothing: string;
  nothing_row: number;
  reached: string[];
  rests: Record<string, string>;
  stances: string[];
  stances_in_words: string[];
  unstated: string;
}
/** A world; without slots it is not computed, for a reason, or has the network of another one. */
interface WorldData {
  document: number;
  date: string;
  as_of?: number;
  reason: number;
  same?: number;
  nodes?: number[];
  slots?: number[];
  parts?: number[];
  cases?: number[];
  entities?: number;
  fallen?: number;
  hash?: number;
  left_out?: number;
  notes?: number;
  parameters?: number;
  unknown?: number;
}
/** The network of a world. `slots` and `supplies` are the rows of the tables by row of the network, the maps the way back. */
interface WorldNetwork {
  network: EngineNetwork;
  slots: number[];
  supplies: number[];
  slotPlace: Map<number, number>;
  supplyPlace: Map<number, number>;
  nodes: Set<number>;
  parts: [part: number, whole: number][];
  entry: WorldData;
}
/** A hit with what stands for its target (below 0: an entity), and the row of the record of the hit (-1: none). */
interface TargetHit extends Hit {
  target: number;
  record: number;
  ungraded: boolean;
}
interface ShockCase extends ShockData {
  targets: TargetHit[];
}
interface PageShock {
  index: number;
  iri: string;
  label: string;
  status: string;
  comment: string;
  since: string;
  until: string;
  /** IRIs of measures. */
  basis: string[];
  /** Those of them that have a record, with its kind and its status in words; empty where that is not given. */
  measures: { iri: string; kind: string; status: string }[];
}
/** What a loss rests on, over the whole path; the stance is a row of the words, or -1. */
interface Support {
  stance: number;
  inferred: string[];
  judged: string[];
  unknown: number;
  ungraded: boolean;
  disputed: number;
  split: number;
  hit: TargetHit;
}

type Family = "organisation" | "people" | "thing" | "capability" | "money" | "rule" | "place";
type LineFamily = "need" | "structure" | "rule" | "relation";
interface EntityClass {
  name: string;
  label: string;
  letter: string;
  family: Family;
}
interface Kind {
  key: string;
  label: string;
  inverse: string;
  /** "listed" is drawn as no line. */
  family: LineFamily | "listed";
}
interface SourceDocument {
  title: string;
  publisher: string;
  issued: string;
  iri: string;
  /** Its web address, and the day on which it was read there; empty where there is none. */
  url: string;
  retrieved: string;
  /** Whether the file that was given has other contents. */
  changed: boolean;
}
interface Evidence {
  document: SourceDocument;
  /** A row, a key, a page and the like, in words; start is -1 where the place is not a span. */
  place: string;
  start: number;
  end: number;
  stance: string;
  claimant: string;
  /** What the document says there; empty where no documents were given. */
  words: string;
}
type Note = [name: string, value: string];
interface Fact {
  index: number;
  kind: Kind;
  record: string;
  ends: number[];
  headline: string;
  notes: Note[];
  judged: Set<string>;
  /** From 0 to 1, or null where it is not stated. */
  criticality: number | null;
  inferred: boolean;
  evidence: Evidence[];
  /** The row of the dependant for whose sake a supply is used, or -1. */
  usedBy: number;
  since: string;
  until: string;
  /** Whether the world that is on has it. */
  inWorld: boolean;
}
interface Link {
  index: number;
  from: number;
  to: number;
  kind: Kind;
  facts: Fact[];
  inWorld: boolean;
}
interface Entity {
  index: number;
  iri: string;
  label: string;
  alias: string[];
  identifier: string[];
  comment: string;
  inferred: boolean;
  evidence: Evidence[];
  class: EntityClass;
  x: number;
  y: number;
  facts: Fact[];
  edges: Link[];
  since: string;
  until: string;
  inWorld: boolean;
  /** Whether the world that is on knows only its name. */
  bare: boolean;
}

interface Run {
  shock?: string;
  shock_label?: string;
  model?: string;
  parameters?: string;
  iterations?: number | null;
  stopped_by?: string;
  residual?: number;
  unknown_share?: number;
  network_hash?: string;
  affected?: number;
  unaffected?: number;
  short?: number;
  truncated?: boolean;
  unstated?: string;
  as_of?: string;
  caveats?: string[];
  fallen?: string;
}
/** A loss with its range, from 0 to 1. */
interface Loss {
  loss: number;
  low: number;
  high: number;
}
interface Impact extends Loss {
  index: number;
  /** The row of its entity, or -1 where that is not drawn. */
  node: number;
  iri: string;
  label: string;
  class: string;
  step: number;
  rank: number;
  /** The row of the impact that caused it, or -1 for the shock itself. */
  cause: number;
  dependency: string;
  facts: Fact[];
  evidence: Evidence[];
  stance: string;
  inferred: string[];
  judged: string[];
  rests: string;
  ungraded: boolean;
}
/** The whole, its worst part (-1 where that is not drawn), the label of the part, its loss. */
type WorstPart = [whole: number, part: number, label: string, loss: number];
/** The impacts between which something is missing, and 1 where the line leads to the same column or an earlier one. */
type ShortageRow = [cause: number, effect: number, back: 0 | 1];
/** A need that loses nothing, whom it falls short for, and by how much. */
type ShortNeed = [need: number, dependant: number, size: number];
interface ShownRun {
  run: Run;
  impacts: Impact[];
  shortages: ShortageRow[];
  parts?: WorstPart[];
  short?: ShortNeed[];
  reason?: string;
  /** Only of a run that the page computed. */
  grounds?: Grounds;
}
/** What is asked: a shock of the data set, hits of one's own, or both, with changes to what there is. */
interface Asked {
  shock?: number;
  hits?: QuestionHit[];
  levers?: QuestionLever[];
}
/** All shocks in one world, as far as they are computed. */
interface ShockTable {
  world: World;
  found: RunLosses[];
}
/** What a shock takes from an entity, in how many steps, and by way of what, from the hit on (empty: it is hit itself, or by a link). */
interface Threat {
  shock: PageShock;
  loss: Loss;
  step: number;
  way: { node: number; label: string }[];
}
/** How many entities lose something by a shock, and the worst loss beyond what is hit itself. */
interface ShockReach {
  shock: PageShock;
  affected: number;
  worst: number;
}
/** What a question makes of an entity without its changes, and with them. */
interface Effect {
  label: string;
  before: Loss;
  after: Loss;
}
/** What the finding of a run is said to rest on, beside its losses. */
interface Grounds {
  /** The row of the shock, or -1 where it was made here. */
  row: number;
  status: string;
  /** The stance of its sources; empty where there is none. */
  stance: string;
  /** Where the shock and its hits are cited. */
  evidence: Evidence[];
  /** Why it hits nothing on the day, as a sentence. */
  notInForce: string;
  hits: number;
  /** How many hits nobody states the severity of. */
  ungraded: number;
  /** The entities (IRIs) that something in the network needs. */
  needed: () => Set<string>;
  /** How many lose half or more, also of those that are not drawn, and the last step. */
  half: number;
  steps: number;
  /** What is hit, the hardest first. */
  targets: () => GivenHit[];
  /** How many links on the path to an entity (by row of the page) are described by several records, or have shares nobody stated. */
  support: (node: number) => { disputed: number; split: number };
}
/** A target of a shock: the label of an entity, or nothing where it is a record of a link. */
interface GivenHit {
  iri: string;
  node: string;
  severity: readonly [number, number, number];
  ungraded: boolean;
  judged: boolean;
  evidence: Evidence[];
}
/** A brief as it is handed on: what the reader filled in, what it is about, and its parts with the documents that they cite. */
interface BriefPaper {
  cover: Record<"title" | "author" | "date" | "classification", string>;
  title: string;
  under: string[];
  /** `flowing`: sentences of one paragraph; else a list. */
  sections: { name: string; lines: BriefLine[]; flowing?: boolean }[];
  sources: SourceDocument[];
}
/** The impacts on the way from the shock to those that are named, and what their losses rest on. */
interface Way {
  way: Impact[];
  links: Map<string, Impact>;
  /** A citation of each document. */
  evidence: Evidence[];
  documents: SourceDocument[];
  judged: number;
  inferred: number;
  unknown: number;
  unsourced: number;
  disputed: number;
  split: number;
}
/** What a brief says: its lines in the order in which they are read. */
interface Brief {
  title: string;
  finding: BriefLine[];
  likelihood: BriefLine;
  impact: BriefLine;
  /** Those that are hurt, by what they are to the reader. */
  hurt: { name: string; lines: BriefLine[] }[];
  known: BriefLine[];
  unknown: BriefLine[];
  watch: BriefLine[];
  /** The row of the impact on which it concentrates, or -1. */
  focus: number;
}
/** Entities of one class that lose equally much. */
interface HitGroup extends Loss {
  class: string;
  /** Whether the shock hits them itself. */
  isHit: boolean;
  members: Impact[];
}
/** Those of one kind that lose most, and how many others of the kind lose less. */
interface Leading {
  group: HitGroup;
  lesser: number;
}
interface Finding {
  money: Leading | null;
  customers: Leading | null;
  others: Leading | null;
  onlyHit: boolean;
}
/** A line of a brief: words of ours, also such as matter most, texts from the data, and citations. */
type BriefLine = (string | { name: string } | { strong: string } | { cited: Evidence[] })[];
type FindingLine = (string | { impact: Impact })[];
interface Side extends ShownRun {
  name: string;
}
interface ComparedRow {
  iri: string;
  a: Impact | undefined;
  b: Impact | undefined;
  from: Loss;
  to: Loss;
  label: string;
  node: number;
  class: string;
  difference: number;
  low: number;
  high: number;
  overlap: boolean;
  rankA: number | null;
  rankB: number | null;
}

/** "path" leads to the selected entity, "next" on from it; "thin" is a shortage that does not bind. */
type LineKind = "thin" | "faint" | "binding" | "next" | "path";
/** From a cause to its effect: rows of impacts; -1 is the shock. */
interface CascadeLine {
  cause: number;
  effect: number;
  /** Whether it leads to the same column or to an earlier one. */
  back: boolean;
  look: LineKind;
}
interface CascadeBox {
  /** The entity, or the first of a group. */
  impact: Impact;
  members: Impact[];
  /** The key of a group, else empty. */
  group: string;
  /** Whether the members of the group are in boxes of their own. */
  open: boolean;
  /** Whether it is listed below the box of its group. */
  inGroup: boolean;
  label: string;
  selected: boolean;
  /** Whether it is on the path to the selected entity. */
  onPath: boolean;
  dim: boolean;
  className: string;
  loss: string;
  /** Empty where the loss is exact. */
  range: string;
  /** All that the box says, in words. */
  description: string;
}
interface CascadeColumn {
  step: number;
  name: string;
  /** Whether the cascade is stepped so far; columns ahead have no boxes. */
  reached: boolean;
  current: boolean;
  /** How many entities are in it, with those that are folded. */
  total: number;
  folded: number;
  boxes: CascadeBox[];
}
interface CascadeDrawing {
  columns: CascadeColumn[];
  lines: CascadeLine[];
}

/** All sources where document is -1 and day is empty. */
interface World {
  document: number;
  day: string;
}
/** All links between the same two entities, walked in one direction. */
interface Hop {
  from: number;
  to: number;
  lines: Link[];
  /** 1000 less the greatest criticality, in thousandths. */
  weak: number;
  /** The only ones that a provider serves here, or null for everybody. */
  only: Set<number> | null;
}
interface Path {
  nodes: number[];
  hops: Hop[];
}
/** With the arrows that harm takes, or in any direction. */
type Direction = "harm" | "any";
interface PathsBetween {
  kind: "between";
  from: number;
  to: number;
  direction: Direction;
  hops: number;
  k: number;
  /** The row of the one path that is lit, or -1 for all. */
  chosen: number;
}
interface PathsHere {
  kind: "here";
  to: number;
  hops: number;
  /** Only from what the shock hits. */
  hits: boolean;
}
interface PathsThrough {
  kind: "through";
  node: number;
}
type PathQuery = PathsBetween | PathsHere | PathsThrough;
interface Lit {
  nodes: Set<number>;
  edges: Set<number>;
}
interface Lens extends Lit {
  name: string;
}

/** Groups of the map: by steps of the harm or distance, by country, by class. */
type Grouping = "tier" | "country" | "class";
/** How the map is arranged; distances count from `around`, or from the shock (-1). "alone": only what is lit, in layers. */
interface Arrangement {
  by: Grouping | "links" | "alone";
  around: number;
}
type View = "shocks" | "map" | "cascade" | "compare" | "mine" | "identity";
/** What is set side by side: two questions, one in two worlds, or one without its changes and with them. */
type CompareMode = "shocks" | "worlds" | "changes";
interface Order<Column = number> {
  column: Column;
  down: boolean;
}
type CompareColumn = "entity" | "a" | "b" | "difference" | "step" | "rank";
interface PageState {
  view: View;
  /** The row of the selected entity, or -1. */
  selected: number;
  row: number;
  /** The row of the selected line, or -1. */
  line: number;
  visible: Set<number>;
  step: number;
  small: boolean;
  only: number;
  moved: boolean;
  /** The groups of the cascade that are open. */
  groups: Set<string>;
  stepped: boolean;
  playing: boolean;
  arrangement: Arrangement;
  lens: Lens | null;
  pathQuery: PathQuery | null;
  world: World;
  /** What is asked; null: nothing. */
  question: Asked | null;
  /** What the question is compared with; null: not chosen yet. */
  against: Asked | null;
  /** The last question that was not a shock of the data set alone. */
  kept: Asked | null;
  /** Whether a run is being computed that takes long enough to be told. */
  busy: boolean;
  /** Which entities come first in the table of all shocks: those that lose most, or most often. */
  columns: "most" | "often";
  /** The list of the reader: rows of entities in its order. A change makes another set of it. */
  mine: Set<number>;
  /** The entity of the list that is the reader's company, or -1. */
  company: number;
  /** Whether only the list is shown. */
  onlyMine: boolean;
  /** What the reader says of pairs that may be one. A change makes another map of it. */
  judged: Judgements;
  /** The row of the pair that is judged next. */
  pair: number;
  compare: CompareMode;
  onlyDifferent: boolean;
  open: { legend: boolean; drawer: boolean };
  sort: { map: Order; cascade: Order; compare: Order<CompareColumn> };
}
/** What a change of the state asks of the views. */
interface ChangeOptions {
  fit?: boolean;
  centre?: boolean;
  message?: string;
}

interface TableRow {
  node: number;
  impact: number;
  key: string;
  class: EntityClass | null;
  cells: (string | number)[];
  saved?: (string | number)[];
}
interface Table {
  columns: string[];
  saved?: string[];
  rows: TableRow[];
}

interface Point {
  x: number;
  y: number;
}
interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}
/** An entity as renderers see it. */
interface Sign extends Point {
  id: number;
  size: number;
  family: Family;
  letter: string;
  loss: number | null;
  /** Whether it is not known what it loses. */
  unknown: boolean;
  /** Whether it is on the reader's list. */
  marked: boolean;
}
/** A link as renderers see it: bent to one side or the other, or straight (0). */
interface Line {
  id: number;
  from: number;
  to: number;
  family: LineFamily;
  hub: boolean;
  turn: number;
  roundness: number;
  many: boolean;
}
interface LineLook {
  colour: string;
  opacity: number;
  width: number;
  dash: number[] | null;
  arrow: ArrowKind | null;
}
type ArrowKind = "arrow" | "diamond" | "bar" | "vee";
/** What a canvas shows: left and top in units of the drawing, the rest in pixels. */
interface Sight {
  scale: number;
  left: number;
  top: number;
  width: number;
  height: number;
}
interface Moves {
  centre?: Point;
  scale?: number;
  offset?: Point;
  animate?: boolean;
}
type Child = Node | string | number | boolean | null | undefined | Child[];

/** Attributes and handlers of an element: a handler's name starts with "on". */
type Props = { [name: string]: string | number | boolean | null | undefined | ((event: never) => unknown) } & {
  [Name in keyof HTMLElementEventMap as `on${Name}`]?: (event: HTMLElementEventMap[Name]) => unknown;
};
type Attributes = Record<string, string | number | null | undefined>;
/** The place of a box in a saved drawing, and its label line by line. */
interface PlacedBox extends Point {
  box: CascadeBox;
  height: number;
  lines: string[];
}
/** What is put side by side: its width, and how it is built at a place. */
interface FlowItem {
  wide: number;
  build: (x: number, y: number) => Element;
}
/** A path that may still lead to the target, with what is at least to come. */
interface Candidate {
  nodes: number[];
  hops: Hop[];
  weak: number;
  total: number;
  weakness: number;
}
/** The place and the radius of an entity, in pixels. */
interface Spot extends Point {
  id: number;
  size: number;
}
type Measure = (line: string, bold: boolean) => number;
interface WritingView {
  scale: number;
  width: number;
  height: number;
  place: (id: number) => Point;
  /** Every label, wherever it finds room. */
  all?: boolean;
  /** What lies over the map, where nothing is written. */
  reserved?: Box[];
  /** The entity that is written elsewhere. */
  without?: number;
}
/** Where frames are drawn: the scale, and which point of the drawing is at the upper left. */
interface FrameView {
  scale: number;
  width: number;
  origin: Point;
}
/** Where a label finds room; `leader` where a line leads to it. */
interface LabelPlace extends Box {
  x: number;
  leader?: boolean;
}
/** The letter of a line that is lit, or words in its place. */
interface LineLetter extends Point {
  id: number;
  letter: string;
  family: LineFamily;
  words: string;
}
interface Group<Look, Member> {
  look: Look;
  members: Member[];
}
interface PlacedLine extends Line {
  a: Sign;
  b: Sign;
}
interface SignLook {
  family: Family;
  alpha: number;
}
interface PointerActions {
  pan: (dx: number, dy: number) => void;
  zoom: (factor: number, x: number, y: number) => void;
  tap: (place: Point & { touch?: boolean }) => void;
  twice: (place: Point) => void;
  hover: (place: Point | null) => void;
  grab: (place: Point & { touch?: boolean }) => Sign | null;
  drag: (place: Point) => void;
  drop: () => void;
  rest: () => void;
}
type Snapshot = Pick<
  PageState,
  | "view"
  | "selected"
  | "row"
  | "line"
  | "arrangement"
  | "visible"
  | "lens"
  | "pathQuery"
  | "world"
  | "compare"
  | "question"
  | "against"
  | "step"
  | "only"
  | "mine"
  | "company"
  | "onlyMine"
  | "judged"
  | "pair"
  | "groups"
> & { sighting: Sighting | null };
/** What the map looks at. */
interface Sighting {
  centre: Point;
  scale: number;
}
interface FactGroup {
  title: string;
  facts: Fact[];
}
interface ComboboxOptions {
  prefix: string;
  /** Whether results can be marked, and are those of the list where only that is shown. */
  marks?: boolean;
  take: (node: Entity) => void;
  leave: (event: KeyboardEvent, box: { close: () => void }) => void;
}
interface WhySide {
  run: Run;
  open: (impact: Impact) => void;
}
/** What leads to an entity. */
interface Reaching {
  /** How many links away each is. */
  far: Map<number, number>;
  /** The rows of the links on the paths, and of the entities. */
  lines: Set<number>;
  nodes: Set<number>;
  /** How many entities that the shock hits have no path to it. */
  without: number;
  /** Whether the search gave up. */
  cut: boolean;
}
/** The best paths between two entities. */
interface BestPaths {
  paths: Path[];
  /** Whether there are more than were asked for. */
  more: boolean;
  /** Whether the search gave up. */
  cut: boolean;
}
/** The limits of a search for paths: hops of a path, paths (k), and steps of the search. */
interface PathOptions {
  direction?: Direction;
  hops?: number;
  k?: number;
  steps?: number;
}

/** What the map tells its listeners: rows of entities and of lines (-1: none), and canvases to paint upon. */
interface MapEvents {
  click: [node: number, line: number];
  doubleclick: [node: number];
  hover: [node: number, line: number, place: Point | null];
  drag: [node: number, place: Point];
  dragend: [node: number, place: Point];
  /** The crisp picture: all but what is held. */
  draw: [context: CanvasRenderingContext2D, held?: number];
  /** What is held or pointed at, above the picture. */
  over: [context: CanvasRenderingContext2D, node: number];
}
type MapHandlers = { [Name in keyof MapEvents]: ((...values: MapEvents[Name]) => void)[] };
type MapListener = <Name extends keyof MapEvents>(event: Name, handler: (...values: MapEvents[Name]) => void) => void;
/** What draws the map: a canvas, or nothing where the browser has none. */
interface Renderer {
  readonly centre: Point;
  readonly scale: number;
  canvas: HTMLCanvasElement | null;
  on: MapListener;
  toScreen: (place: Point) => Point;
  toWorld: (place: Point) => Point;
  at: (x: number, y: number) => number;
  lineAt: (x: number, y: number) => number;
  setGraph: (nodes: Sign[], edges: Line[]) => void;
  select: (node: number) => void;
  dim: (lit: Lit | null) => void;
  moveTo: (moves: Moves) => void;
  redraw: () => void;
  resize: () => void;
}
/** The open form: whose it is, the other end (-1: none yet), which of the two is the start, what is wrong with it. */
interface PathsForm {
  node: number;
  other: number;
  start: boolean;
  direction: Direction;
  hops: number;
  k: number;
  wrong: string;
}

/** A network as plain lists: hidden nodes come after the entities, slots in the order of their owners. */
interface NetworkSource {
  /** How many nodes are entities. */
  entities: number;
  /** The entity that each hidden node stands for, and 1 where it is that entity without its provisions. */
  hidden: number[];
  own: number[];
  /** `dispute`: slots with the same number that is not negative are hit together; empty where there are none. */
  slots: Columns<"owner" | "need" | "low" | "point" | "high" | "mode" | "atLeast" | "width"> & { dispute?: number[] };
  supplies: Columns<"provider" | "share" | "unstated">;
}
/** See graph/knockon/network/network.py; a need or provider of -1 is none that can lose. */
interface EngineNetwork {
  size: number;
  entities: number;
  entity: Int32Array;
  twin: Int32Array;
  slotOwner: Int32Array;
  slotStart: Int32Array;
  need: Int32Array;
  /** Criticality of each slot: low, point and high. */
  weights: Float64Array[];
  mode: Uint8Array;
  atLeast: Int32Array;
  hitWith: Int32Array;
  supplyStart: Int32Array;
  provider: Int32Array;
  share: Float64Array;
  unstated: Uint8Array;
  /** By slot, nodes that can meet its need alone (-1: one that never loses), and the supplies that no shock hits: of levers. */
  backups: Map<number, number[]>;
  unhit: Set<number>;
  supplySlot: Int32Array;
  /** Whether a slot has supplies whose shares nobody stated, and what is left for them. */
  split: Uint8Array;
  remainder: Float64Array;
  /** Whether low, point and high read some slot in different ways. */
  readings: boolean;
  outStart: Int32Array;
  outSlot: Int32Array;
}
/** What a shock hits: a node, slot or supply by its row; the severity is low, point and high, from 0 to 1. */
interface Hit {
  kind: "node" | "slot" | "supply";
  index: number;
  severity: readonly [number, number, number];
}
interface InitialLosses {
  node: Float64Array;
  slot: Float64Array;
  supply: Float64Array;
}
interface Settled {
  state: Float64Array;
  /** The state before the last round. */
  before: Float64Array;
  iterations: number;
  residual: number;
  error: number;
}
/** By node: its step from the shock, and the slot, supply and source that determine its loss; -1 where there is none. */
interface Bindings {
  step: Int32Array;
  slot: Int32Array;
  supply: Int32Array;
  source: Int32Array;
}
/** Losses by node, shortages by slot. */
interface EngineResult extends Bindings {
  low: Float64Array;
  loss: Float64Array;
  high: Float64Array;
  shortage: Float64Array;
  iterations: number;
  residual: number;
  /** How far below its limit a loss may be. */
  error: number;
  stoppedBy: "tolerance" | "cap";
}
/** What the records of a need state of its suppliers: their combination (-1: not stated), and the shares in the order of rows. */
interface SupplyTerms {
  combination: number;
  atLeast: number;
  stated: (number | null)[];
  /** Shares of suppliers that do not count, which pass to the others. */
  passing: (number | null)[];
}
/** A change to a network, in its rows; a provider of -1 never loses. A `source` takes over a share of the need of a slot; a `backup` can meet the need of a slot alone. */
type Lever =
  | { kind: "criticality"; slot: number; weight: [number, number, number] }
  | { kind: "source"; slot: number; share: number }
  | { kind: "backup"; slot: number; provider: number }
  | { kind: "supplier"; slot: number; provider: number; share: number | null }
  | { kind: "provider"; supply: number; provider: number }
  | { kind: "atLeast"; slot: number; count: number };

/** From 0 to 1, exact or as low, point and high. */
type Amount = number | [low: number, point: number, high: number];
/** An entity or a fact, by its row of the page. */
type QuestionTarget = { node: number } | { fact: number };
type QuestionHit = QuestionTarget & { severity: Amount };
/**
 * A change to the dependency of a fact: its criticality; a second source that never loses and takes over a share of the whole
 * need; a further supplier with a share (null: it can meet the need alone);
 * one supplier instead of another; a stock in days, which changes no final loss. A supplier is a row of the page; -1 is one
 * that nobody names and that never loses.
 */
type QuestionLever =
  | { fact: number; criticality: Amount }
  | { fact: number; source: number }
  | { fact: number; supplier: number; share: number | null }
  | { fact: number; supplier: number; instead: number }
  | { fact: number; buffer: number };
/** What if these fail, also with changes; with a shock, what it hits comes first. */
interface Question {
  label: string;
  hits: QuestionHit[];
  levers?: QuestionLever[];
  shock?: number;
}
/** Another criticality of a slot: low, point and high. */
interface WeightChange {
  slot: number;
  weight: readonly [number, number, number];
}
/** A need on the way of the harm: rows of its slot, its fact, and the entities at its ends; -1 where that is not drawn. */
interface NeedOnWay {
  slot: number;
  fact: number;
  dependant: number;
  need: number;
}
interface ShareLoss extends Loss {
  share: number;
}
/** A second source for a need: what is lost at some shares of it, and at the least share that halves the loss. */
interface SourceRemedy extends NeedOnWay {
  shares: ShareLoss[];
  halving: ShareLoss | null;
}
/** Another single change, what is lost then, and the words of a criticality before and after. */
interface ChangeRemedy extends NeedOnWay, Loss {
  lever: QuestionLever;
  words: [from: string, to: string];
}
/** What would help an entity; the loss before, the needs on the way and how many of them were tried. */
interface Remedies {
  before: Loss;
  onWay: number;
  tried: number;
  sources: SourceRemedy[];
  changes: ChangeRemedy[];
  /** Where no second source halves the loss: two of them at one share that do. */
  pairs: { tried: number; of: number; found: (ShareLoss & { slots: number[]; needs: Omit<NeedOnWay, "slot">[] })[] };
  /** Why nothing may help: it is hit itself, slots that are hit and their facts (-1: not drawn), and entities that lose equally much in several ways. */
  obstacles: { itself: boolean; slots: number[]; hit: number[]; ties: { node: number; loss: number; ways: number }[] };
}
/** The criticality of a dependency, its stock in days, and who supplies it: `forEveryone` where those provide its need. */
interface LeverChoices {
  criticality: [low: number, point: number, high: number];
  buffer: number;
  forEveryone: boolean;
  suppliers: { node: number; share: number; unstated: boolean }[];
}
/** The losses of a run by row of the page, exact; `affected` counts those that are not drawn too. */
interface RunLosses {
  /** Why there is no run; empty where there is one. */
  reason: string;
  affected: number;
  /** The row of the entity that loses most of those that are not hit themselves, or -1. */
  worst: number;
  /** Rows of the entities that are hit. */
  hit: Set<number>;
  losses: Map<number, Loss>;
}
