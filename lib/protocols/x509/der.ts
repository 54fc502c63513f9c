/** DER (X.690 §10), as far as certificates need it: elements that cannot run past the end of what holds them. */

export interface Element {
  /** The identifier octet, e.g. 0x30 for SEQUENCE. */
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The elements that stand one after the other in `bytes`; null when a length doesn't fit or is longer than 4 octets. */
export function readElements(bytes: Uint8Array): readonly Element[] | null {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at];
    const first = bytes[at + 1];
    // Tag numbers above 30 need further octets; certificates have none.
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null;
    const octets = first < 0x80 ? 0 : first & 0x7f;
    if (octets > 4 || first === 0x80 || at + 2 + octets > bytes.length) return null;
    const start = at + 2 + octets;
    const length = octets === 0 ? first : bytes.subarray(at + 2, start).reduce((sum, octet) => sum * 256 + octet, 0);
    if (start + length > bytes.length) return null;
    elements.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

/** Elements inside `parent`; none where there is no parent or it doesn't hold DER. */
export function childrenOf(parent: Element | undefined): readonly Element[] {
  return (parent && readElements(parent.content)) ?? [];
}

/** An OBJECT IDENTIFIER's content in dotted form. */
export function oidText(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join(".");
}
