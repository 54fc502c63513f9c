/** YAML in pieces. A hundred thousand customers as one syntax tree would take gigabytes: they are read a few hundred at a time. */

import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import { customerPiece, headPiece, isRecord, type Part, type Piece, placesIn, problemPiece } from "./pieces.ts";
import type { Place } from "./problem.ts";

const itemsAtOnce = 200;

export function* readYaml(text: string): Generator<Piece> {
  const placeOf = placesIn(text);
  const split = splitCustomers(text);
  if (split === undefined) {
    yield* readWhole(text, placeOf);
    return;
  }
  const { before, after } = split;
  const cut = after - before;
  const head = parse(text.slice(0, before) + text.slice(after), (at) => placeOf(at < before ? at : at + cut));
  yield* head.problems;
  if (head.problems.length === 0) yield headPiece(head.value ?? {}, head.place, true);
  let index = 0;
  for (const { from, to } of split.chunks) {
    const { value, place, problems } = parse(text.slice(from, to), (at) => placeOf(from + at));
    yield* problems;
    for (const [at, customer] of (Array.isArray(value) ? value : []).entries()) {
      yield customerPiece(index++, customer, (path, what) => place([at, ...path], what));
    }
  }
}

function* readWhole(text: string, placeOf: (offset: number) => Place): Generator<Piece> {
  const { value: root, place, problems } = parse(text, placeOf);
  yield* problems;
  if (problems.length > 0) return;
  const customers = isRecord(root) ? (root.customers ?? undefined) : undefined;
  yield headPiece(root ?? {}, place, customers !== undefined);
  if (customers !== undefined && !Array.isArray(customers)) {
    yield problemPiece(place(["customers"], "value"), "customers", "expected a list of customers");
    return;
  }
  for (const [at, customer] of (customers ?? []).entries()) {
    yield customerPiece(at, customer, (path, what) => place(["customers", at, ...path], what));
  }
}

interface Parsed {
  /** Undefined where there are problems. */
  readonly value: unknown;
  readonly place: Part["place"];
  readonly problems: readonly Piece[];
}

/** `placeOf` gives the place in the file of an offset in `text`. */
function parse(text: string, placeOf: (offset: number) => Place): Parsed {
  const document = parseDocument(text, { prettyErrors: false });
  const place: Part["place"] = (path, what) => placeOf(offsetOf(document, path, what));
  // What follows the first error of a line is mostly its echo.
  const errors = new Map(document.errors.toReversed().map((error) => [placeOf(error.pos[0]).line, error]));
  const problems = [...errors.values()].map(({ pos, message }) => {
    const lineBefore = text.slice(text.lastIndexOf("\n", pos[0] - 1) + 1, pos[0]);
    const isTab = /^ *\t\s*$/.test(lineBefore);
    return notYaml(placeOf(pos[0]), isTab ? "a tab can't indent, write spaces" : message);
  });
  if (problems.length === 0) visit(document, { Alias: (_, alias) => void problems.push(...unresolved(alias)) });
  if (problems.length > 0) return { value: undefined, place, problems };
  try {
    return { value: document.toJS(), place, problems };
  } catch (error) {
    // Aliases that unfold into too much.
    return { value: undefined, place, problems: [notYaml(placeOf(0), String(error))] };
  }

  function unresolved(alias: Alias): readonly Piece[] {
    const isKnown = alias.resolve(document) !== undefined;
    return isKnown ? [] : [notYaml(placeOf(alias.range?.[0] ?? 0), `nothing is named &${alias.source}`)];
  }
}

function notYaml(place: Place, why: string): Piece {
  return problemPiece(place, "", `not YAML: ${why.split("\n")[0]}`);
}

/** Of the node at `path`, or of the last one on the way there that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[], what: "value" | "key"): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [depth, step] of path.entries()) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(parent) ? parent.items.find((item) => keyOf(item) === String(step)) : undefined;
    const child = isSeq(parent) ? parent.items[Number(step)] : pair?.value;
    const wantsKey = what === "key" && depth === path.length - 1;
    const target = wantsKey || !isNode(child) ? (pair?.key ?? child) : child;
    if (!isNode(target)) return offset;
    offset = target.range?.[0] ?? offset;
    node = child;
  }
  return offset;
}

function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}

interface Split {
  /** Offsets of the `customers:` line and of what follows the last of its items. */
  readonly before: number;
  readonly after: number;
  readonly chunks: readonly { readonly from: number; readonly to: number }[];
}

const anchorOrAlias = /(?:^|[\s[{,:])[&*][^\s,[\]{}]/m;
const customersLine = /^customers:[ \t]*(?:#.*)?\r?\n/m;
/** A blank line or a comment, or nothing at the end. */
const blankLine = /^[ \t]*(?:#.*)?\r?$/;

/** Undefined where the customers aren't a plain block list under a key of their own: then the file is read as a whole. */
function splitCustomers(text: string): Split | undefined {
  const key = customersLine.exec(text);
  if (key === null || anchorOrAlias.test(text)) return undefined;
  const chunks: { from: number; to: number }[] = [];
  const start = key.index + key[0].length;
  let indent: string | undefined;
  let items = 0;
  let from = start;
  let at = start;
  while (at < text.length) {
    const newline = text.indexOf("\n", at);
    const next = newline < 0 ? text.length : newline + 1;
    const line = text.slice(at, newline < 0 ? text.length : newline);
    if (!blankLine.test(line)) {
      indent ??= /^( *)-(?:\s|$)/.exec(line)?.[1];
      if (indent === undefined) return undefined;
      const isItem = line.startsWith(`${indent}-`) && /^(?:\s|$)/.test(line.slice(indent.length + 1));
      // A tab indents nothing: the parser says so.
      if (!isItem && !line.startsWith(`${indent} `) && !/^ *\t/.test(line)) break;
      if (isItem && items === itemsAtOnce) {
        chunks.push({ from, to: at });
        from = at;
        items = 0;
      }
      if (isItem) items++;
    }
    at = next;
  }
  if (items > 0) chunks.push({ from, to: at });
  return indent === undefined ? undefined : { before: key.index, after: at, chunks };
}
