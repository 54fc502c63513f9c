/** What scans found, and the answers of those under way, in the state table: an item each, so that a page reads no answers. */

import type { ScanProgress, ScanResult } from "../model/deep-scan.ts";
import type { TargetKey } from "../model/target.ts";
import { expiresAt } from "./keys.ts";
import { pack, unpack } from "./pack.ts";
import type { StateStore } from "./store.ts";
import { absent, type Item, type Key, type Table } from "./table.ts";

type ProgressItem = Item & { version: number; answers: Uint8Array };
type ResultItem = Item & { found: Uint8Array };

type SpeakersItem = Item & { version: number; targets: readonly TargetKey[] };

type ScanStore = Pick<
  StateStore,
  | "scanProgress"
  | "scansInProgress"
  | "putScanProgress"
  | "scanResult"
  | "scanResults"
  | "putScanResult"
  | "retireScan"
  | "sslv2Speakers"
  | "putSslv2Speakers"
>;

export function scanStore(table: Table): ScanStore {
  const keyOf = (target: TargetKey, of: "ANSWERS" | "FOUND"): Key => ({ pk: `SCAN#${target}`, sk: of });
  const targetOf = ({ pk }: Item): TargetKey => pk.slice("SCAN#".length);
  const speakersKey = (key: string): Key => ({ pk: `SSLV2#${key}`, sk: "SSLV2" });
  const progressOf = ({ version, answers }: ProgressItem) => ({ value: unpack<ScanProgress>(answers), version });

  return {
    async scanProgress(target) {
      const item = await table.get<ProgressItem>(keyOf(target, "ANSWERS"));
      return item ? progressOf(item) : { value: null, version: 0 };
    },
    async scansInProgress(targets) {
      const items = await table.getMany<ProgressItem>(targets.map((target) => keyOf(target, "ANSWERS")));
      return new Map(items.map((item) => [targetOf(item), progressOf(item)]));
    },
    async putScanProgress(target, { value, version }) {
      const asRead = version === 0 ? absent : { expression: "#version = :version", values: { version } };
      return await table.put({ ...keyOf(target, "ANSWERS"), version: version + 1, answers: pack(value) }, asRead);
    },

    async scanResult(target) {
      const item = await table.get<ResultItem>(keyOf(target, "FOUND"));
      return item && unpack<ScanResult>(item.found);
    },
    async scanResults(targets) {
      const items = await table.getMany<ResultItem>(targets.map((target) => keyOf(target, "FOUND")));
      return new Map(items.map((item) => [targetOf(item), unpack<ScanResult>(item.found)]));
    },
    async putScanResult(target, result) {
      await table.put({ ...keyOf(target, "FOUND"), found: pack(result) });
    },

    async retireScan(target, until) {
      for (const kind of ["ANSWERS", "FOUND"] as const) {
        const item = await table.get<Item>(keyOf(target, kind));
        if (item) await table.put({ ...item, expiresAt: expiresAt(until) });
      }
    },

    async sslv2Speakers(keys) {
      const items = await table.getMany<SpeakersItem>(keys.map(speakersKey));
      return new Map(items.map(({ pk, version, targets }) => [pk.slice("SSLV2#".length), { value: targets, version }]));
    },
    async putSslv2Speakers(key, { value, version }, until) {
      const asRead = version === 0 ? absent : { expression: "#version = :version", values: { version } };
      const item = { ...speakersKey(key), version: version + 1, targets: [...value] };
      return await table.put(value.length === 0 ? { ...item, expiresAt: expiresAt(until) } : item, asRead);
    },
  };
}
