/** What is known of targets and of the names they serve, in the state table. */

import { createHash } from "node:crypto";
import type { CertificateFacts, Observation } from "../model/observation.ts";
import { packObservation } from "./bound.ts";
import { dayMs, expiresAt } from "./keys.ts";
import { pack, unpack } from "./pack.ts";
import type { NameState, StateStore, TargetState } from "./store.ts";
import { absent, type Item, type Key, type Table } from "./table.ts";

type TargetItem = Item & {
  slice: number;
  slot: number;
  everEncrypted: boolean;
  factsSince: number | null;
  facts: Uint8Array | null;
  silentSince: number | null;
  silence: Uint8Array | null;
};
type NameItem = Item & { at: number; certificate: string | null };
type CertificateItem = Item & { facts: Uint8Array };

/** Certificates this process has written already: names of one server share theirs. */
const mostRemembered = 10_000;
/** After its end: a server may go on showing it. */
const certificateKept = 400 * dayMs;

type TargetStore = Pick<StateStore, "target" | "targets" | "putTarget" | "retireTarget" | "names" | "putName">;

export function targetStore(table: Table): TargetStore {
  const written = new Set<string>();
  const targetKey = (key: string, vantage: string): Key => ({ pk: `TG#${key}`, sk: vantage });
  const nameKey = (key: string, vantage: string, name: string): Key => ({ pk: `NAME#${key}#${vantage}`, sk: name });
  const certificateKey = (id: string): Key => ({ pk: `CERT#${id}`, sk: "CERT" });

  /** One item for each distinct certificate and what was found of it, named by both digests. */
  async function putCertificate(facts: CertificateFacts, at: number): Promise<string> {
    const digest = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
    const id = `${facts.leaf.sha256}#${digest}`;
    if (written.has(id)) return id;
    const until = Math.max(at, facts.leaf.notAfter) + certificateKept;
    await table.put({ ...certificateKey(id), facts: pack(facts), expiresAt: expiresAt(until) }, absent);
    if (written.size >= mostRemembered) written.clear();
    written.add(id);
    return id;
  }

  return {
    async target(key, vantage) {
      const item = await table.get<TargetItem>(targetKey(key, vantage));
      return item && targetOf(item);
    },
    async targets(keys) {
      const items = await table.getMany<TargetItem>(keys.map(({ key, vantage }) => targetKey(key, vantage)));
      return items.map(targetOf);
    },
    async putTarget({ key, vantage, facts, silence, slice, slot, everEncrypted, factsSince }) {
      await table.put({
        ...targetKey(key, vantage),
        slice,
        slot,
        everEncrypted,
        factsSince,
        facts: facts && packObservation(facts),
        silentSince: silence?.since ?? null,
        silence: silence && packObservation(silence.observation),
      });
    },

    async retireTarget(key, vantage, until) {
      await table.removeAll(table.query<NameItem>(nameKey(key, vantage, "").pk));
      const item = await table.get<TargetItem>(targetKey(key, vantage));
      if (item) await table.put({ ...item, expiresAt: expiresAt(until) });
    },

    async names(key, vantage) {
      const items: NameItem[] = [];
      for await (const item of table.query<NameItem>(nameKey(key, vantage, "").pk)) items.push(item);
      const ids = new Set(items.map(({ certificate }) => certificate).filter((id) => id !== null));
      const found = await table.getMany<CertificateItem>([...ids].map(certificateKey));
      const certificates = new Map(found.map(({ pk, facts }) => [pk, unpack<CertificateFacts>(facts)]));
      return items.map(({ sk, at, certificate }): NameState => {
        const facts = certificate === null ? undefined : certificates.get(certificateKey(certificate).pk);
        return { name: sk, at, certificate: facts ?? null };
      });
    },
    async putName(key, vantage, { name, at, certificate }) {
      const id = certificate && (await putCertificate(certificate, at));
      await table.put({ ...nameKey(key, vantage, name), at, certificate: id });
    },
  };
}

function targetOf(item: TargetItem): TargetState {
  const { facts, silence, silentSince } = item;
  return {
    key: item.pk.slice("TG#".length),
    vantage: item.sk,
    slice: item.slice,
    slot: item.slot,
    everEncrypted: item.everEncrypted,
    factsSince: item.factsSince,
    facts: facts && unpack<Observation>(facts),
    silence: silence && silentSince !== null ? { observation: unpack<Observation>(silence), since: silentSince } : null,
  };
}
