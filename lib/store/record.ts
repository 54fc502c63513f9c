/**
 * The record of incidents in the ledger table: one entry an item, numbered and chained by hash. Nobody writes over an
 * entry: each is a put on the next number that succeeds only where nothing stands, so two writers can't fork the chain.
 */

import { type RecordEntry, recordId } from "../model/record.ts";
import { type Link, linkAfter, type RecordHead, type StoredLink } from "./chain.ts";
import { dayMs, expiresAt } from "./keys.ts";
import { pack, unpack } from "./pack.ts";
import type { LedgerStore } from "./store.ts";
import { absent, type Item, type Key, type Table } from "./table.ts";

type LinkItem = Item & { previous: string; hash: string; entry: Uint8Array };
type MarkItem = Item & { seq: number };
type HeadItem = Item & RecordHead;

const partition = "RECORD";
const keyLength = 12;
const keys = { from: "0".repeat(keyLength), to: "9".repeat(keyLength) };
const keyOf = (seq: number): Key => ({ pk: partition, sk: String(seq).padStart(keyLength, "0") });
/** Under which number an entry was written, or was to be: so that a second try finds the first. */
const markKey = (id: string): Key => ({ pk: "RECORDED", sk: id });
const headKey: Key = { pk: "FLEET", sk: "RECORD" };

/** Far longer than anything is tried again. */
const marksKept = 30 * dayMs;
const mostTries = 50;

type RecordStore = Pick<LedgerStore, "putRecord" | "record" | "recordHead" | "alerts">;

/** `state` keeps the note of the newest entry, so that a shortened chain shows. */
export function recordStore(ledger: Table, state: Table): RecordStore {
  async function newest(): Promise<RecordHead | null> {
    for await (const { sk, hash } of ledger.query<LinkItem>(partition, { ...keys, newestFirst: true, page: 1 })) {
      if (isKey(sk)) return { seq: Number(sk), hash };
    }
    return null;
  }

  /** Whether entry `seq` is the one with this id. Somebody may have been at it: then it is nobody's. */
  async function standing(id: string, seq: number): Promise<RecordHead | null> {
    const item = await ledger.get<LinkItem>(keyOf(seq));
    const entry = item === undefined ? null : entryOf(item);
    return item && entry && recordId(entry) === id ? { seq, hash: item.hash } : null;
  }

  async function noteHead({ seq, hash }: RecordHead): Promise<void> {
    const later = { expression: "attribute_not_exists(#pk) OR #seq < :seq", values: { seq } };
    await state.put({ ...headKey, seq, hash }, later);
  }

  return {
    async putRecord(entry) {
      const id = recordId(entry);
      for (let tries = 0; tries < mostTries; tries++) {
        // In this order: the chain has no gaps, so where a marked number is free, the newest entry read before it is older.
        const mark = await ledger.get<MarkItem>(markKey(id));
        const last = await newest();
        const before = mark === undefined ? null : await standing(id, mark.seq);
        if (before !== null) return await noteHead(before);
        const link = linkAfter(last, entry);
        await ledger.put({ ...markKey(id), seq: link.seq, expiresAt: expiresAt(entry.at + marksKept) });
        if (await ledger.put(itemOf(link), absent)) return await noteHead(link);
      }
      throw new Error(`the record was written by others ${mostTries} times in a row`);
    },

    async *record() {
      for await (const item of ledger.query<LinkItem>(partition)) yield storedLink(item);
    },
    async recordHead() {
      const item = await state.get<HeadItem>(headKey);
      return item ? { seq: item.seq, hash: item.hash } : null;
    },

    async alerts(limit) {
      const alerts: Awaited<ReturnType<LedgerStore["alerts"]>>[number][] = [];
      for await (const item of ledger.query<LinkItem>(partition, { ...keys, newestFirst: true, page: limit })) {
        if (alerts.length >= limit) break;
        const entry = entryOf(item);
        if (entry?.kind === "told") alerts.push({ alert: entry.alert, to: entry.to });
        if (entry?.kind === "untold") alerts.push({ alert: entry.alert, to: [] });
      }
      return alerts;
    },
  };
}

function itemOf({ seq, previous, hash, text }: Link): LinkItem {
  return { ...keyOf(seq), previous, hash, entry: pack(JSON.parse(text)) };
}

function isKey(sk: string): boolean {
  return sk.length === keyLength && /^\d+$/.test(sk);
}

function storedLink(item: LinkItem): StoredLink {
  const { sk, previous, hash } = item;
  const entry = entryOf(item);
  return { seq: isKey(sk) ? Number(sk) : null, key: sk, previous, hash, text: entry && JSON.stringify(entry) };
}

/** Null: the bytes aren't what was written. */
function entryOf({ entry }: LinkItem): RecordEntry | null {
  try {
    return unpack<RecordEntry>(entry);
  } catch {
    return null;
  }
}
