/** JSON in pieces (RFC 8259). The engine's own parser makes the values, but says neither where they stand nor always what is wrong. */

import { customerPiece, headPiece, type Part, type Piece, placesIn, problemPiece } from "./pieces.ts";

/** Where a value stands in the text, and its parts. */
interface Node {
  readonly start: number;
  readonly end: number;
  readonly entries?: readonly { readonly key: string; readonly keyStart: number; readonly node: Node }[];
  readonly items?: readonly Node[];
}

type Scanned = Node | { readonly wrongAt: number };

const deepest = 64;

export function* readJson(text: string): Generator<Piece> {
  const placeOf = placesIn(text);
  const root = scan(text);
  if ("wrongAt" in root) {
    const found = text[root.wrongAt];
    const message = found === undefined ? "not JSON: it ends too early" : `not JSON: '${found}' isn't expected here`;
    yield problemPiece(placeOf(root.wrongAt), "", message);
    return;
  }
  const read = ({ start, end }: Node): unknown => JSON.parse(text.slice(start, end));
  const placeIn =
    (node: Node): Part["place"] =>
    (path, what) =>
      placeOf(offsetOf(node, path, what));
  const customers = root.entries?.findLast(({ key }) => key === "customers")?.node;
  const head = root.entries?.filter(({ key }) => key !== "customers").map(({ key, node }) => [key, read(node)]);
  yield headPiece(head ? Object.fromEntries(head) : read(root), placeIn(root), customers !== undefined);
  if (customers !== undefined && customers.items === undefined) {
    yield problemPiece(placeOf(customers.start), "customers", "expected a list of customers");
  }
  for (const [at, node] of (customers?.items ?? []).entries()) yield customerPiece(at, read(node), placeIn(node));
}

function offsetOf(root: Node, path: readonly PropertyKey[], what: "value" | "key"): number {
  let node = root;
  for (const [depth, step] of path.entries()) {
    const entry = node.entries?.findLast(({ key }) => key === String(step));
    const child = entry?.node ?? node.items?.[Number(step)];
    if (child === undefined) return node.start;
    if (what === "key" && depth === path.length - 1) return entry?.keyStart ?? child.start;
    node = child;
  }
  return node.start;
}

const space = /[ \t\r\n]*/y;
const quoted = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const numberOrWord = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

function scan(source: string): Scanned {
  let at = 0;

  function match(pattern: RegExp): boolean {
    pattern.lastIndex = at;
    const found = pattern.test(source);
    if (found) at = pattern.lastIndex;
    return found;
  }

  function take(character: string): boolean {
    match(space);
    if (source[at] !== character) return false;
    at++;
    return true;
  }

  function value(depth: number): Node | undefined {
    match(space);
    const start = at;
    if (depth > deepest) return undefined;
    if (take("{")) return object(start, depth);
    if (take("[")) return array(start, depth);
    return match(quoted) || match(numberOrWord) ? { start, end: at } : undefined;
  }

  function object(start: number, depth: number): Node | undefined {
    const entries: { key: string; keyStart: number; node: Node }[] = [];
    if (take("}")) return { start, end: at, entries };
    do {
      match(space);
      const keyStart = at;
      if (!match(quoted)) return undefined;
      const key: string = JSON.parse(source.slice(keyStart, at));
      if (!take(":")) return undefined;
      const node = value(depth + 1);
      if (node === undefined) return undefined;
      entries.push({ key, keyStart, node });
    } while (take(","));
    return take("}") ? { start, end: at, entries } : undefined;
  }

  function array(start: number, depth: number): Node | undefined {
    const items: Node[] = [];
    if (take("]")) return { start, end: at, items };
    do {
      const node = value(depth + 1);
      if (node === undefined) return undefined;
      items.push(node);
    } while (take(","));
    return take("]") ? { start, end: at, items } : undefined;
  }

  const root = value(0);
  match(space);
  return root === undefined || at < source.length ? { wrongAt: at } : root;
}
