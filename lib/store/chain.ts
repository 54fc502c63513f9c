/** The hash chain of the record: how an entry is bound to the one before it, and what a walk along it shows. Pure. */

import { createHash } from "node:crypto";
import type { RecordEntry } from "../model/record.ts";

/** One entry as it is kept; `hash` binds its number, its predecessor and its text. */
export interface Link {
  /** From 1, without a gap. */
  readonly seq: number;
  /** The predecessor's hash; 64 noughts for the first. */
  readonly previous: string;
  /** SHA-256, lower-case hex. */
  readonly hash: string;
  /** The entry as JSON, the very bytes that were hashed. */
  readonly text: string;
}

/** The newest entry as it was noted elsewhere: never ahead of the chain, and behind it only after a crash. */
export type RecordHead = Pick<Link, "seq" | "hash">;

const firstPrevious = "0".repeat(64);

/** SHA-256 of `seq`, a line feed, `previous`, a line feed, and the text. */
export function hashOf({ seq, previous, text }: Pick<Link, "seq" | "previous" | "text">): string {
  return createHash("sha256").update(`${seq}\n${previous}\n${text}`).digest("hex");
}

/** `entry` as the successor of `last`; null where there is none yet. */
export function linkAfter(last: RecordHead | null, entry: RecordEntry): Link {
  const unbound = { seq: (last?.seq ?? 0) + 1, previous: last?.hash ?? firstPrevious, text: JSON.stringify(entry) };
  return { ...unbound, hash: hashOf(unbound) };
}

/** What stands in the table: anybody may have been at it. */
export interface StoredLink {
  /** Null: not the key of an entry. */
  readonly seq: number | null;
  readonly key: string;
  readonly previous: string;
  readonly hash: string;
  /** Null: it can't be read. */
  readonly text: string | null;
}

export type Verification =
  | { readonly kind: "unbroken"; readonly entries: number; readonly head: RecordHead | null }
  | {
      readonly kind: "broken";
      /** The number of the first entry that isn't as it was written, or the key of one that has none. */
      readonly entry: string;
      readonly what: "changed" | "removed" | "inserted";
      readonly why: string;
    };

type Broken = Extract<Verification, { kind: "broken" }>;

/** Walks the chain, oldest first, and ends at the first thing that is wrong. */
export async function verifyChain(
  links: AsyncIterable<StoredLink> | Iterable<StoredLink>,
  head: RecordHead | null,
): Promise<Verification> {
  let last: Link | null = null;
  /** It names another predecessor than stands there: which of the two was changed shows in its successor. */
  let doubt: Link | null = null;
  for await (const stored of links) {
    const link = soundOf(stored, (last?.seq ?? 0) + 1);
    if ("kind" in link) return doubt === null ? link : blamed(doubt, false);
    if (doubt !== null) return blamed(doubt, link.previous === doubt.hash);
    if (link.previous === (last?.hash ?? firstPrevious)) {
      if (link.seq === head?.seq && link.hash !== head.hash) return rewritten(link.seq);
    } else if (head !== null && link.seq > head.seq) {
      return broken(link.seq, "inserted", "it names another predecessor than the entry before it");
    } else {
      doubt = link;
    }
    last = link;
  }
  if (doubt !== null) return blamed(doubt, doubt.seq === head?.seq && doubt.hash === head.hash);
  if (head !== null && (last?.seq ?? 0) < head.seq) {
    return broken((last?.seq ?? 0) + 1, "removed", `the record went to entry ${head.seq}`);
  }
  if (head === null && last !== null && last.seq > 1) {
    return broken(
      last.seq,
      "changed",
      "the note of the newest entry is gone, so that nothing tells whether more followed",
    );
  }
  return { kind: "unbroken", entries: last?.seq ?? 0, head: last && { seq: last.seq, hash: last.hash } };
}

/** The link, if it is entry `expected` and its hash fits what it says. */
function soundOf({ seq, key, previous, hash, text }: StoredLink, expected: number): Link | Broken {
  if (seq === null) return { kind: "broken", entry: key, what: "inserted", why: "no entry has such a key" };
  if (seq !== expected) return broken(expected, "removed", `entry ${seq} follows entry ${expected - 1}`);
  if (text === null) return broken(seq, "changed", "it can't be read");
  const fits = hashOf({ seq, previous, text }) === hash;
  return fits ? { seq, previous, hash, text } : broken(seq, "changed", "its hash doesn't fit what it says");
}

/** `isSound`: what follows `doubt` vouches for it, so that its predecessor was changed. */
function blamed({ seq }: Link, isSound: boolean): Broken {
  return isSound && seq > 1
    ? broken(seq - 1, "changed", `entry ${seq} was bound to another one`)
    : broken(seq, "changed", "it names another predecessor than the entry before it");
}

function rewritten(seq: number): Broken {
  return broken(seq, "changed", "its hash isn't the one that was noted: it or entries before it were written anew");
}

function broken(seq: number, what: Broken["what"], why: string): Broken {
  return { kind: "broken", entry: String(seq), what, why };
}
