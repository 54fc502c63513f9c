/** Who stands behind a target that several share, in pages of bounded size, and which targets show a certificate that ends. */

import type { Circle, CircleHead, Member, Shown } from "../model/circle.ts";
import { dayMs, expiresAt } from "./keys.ts";
import { pack, unpack } from "./pack.ts";
import type { StateStore } from "./store.ts";
import type { Item, Key, Table } from "./table.ts";

type HeadItem = Item & { head: Uint8Array };
type PageItem = Item & { members: Uint8Array };
type ShownItem = Item & { shown: Shown };

/** Behind a certificate's end, for the message that it was renewed. */
const shownKept = 60 * dayMs;

type CircleStore = Pick<StateStore, "circle" | "circlePage" | "putCircle" | "retireCircle" | "shown" | "putShown">;

export function circleStore(table: Table): CircleStore {
  const partition = (target: string): string => `CIRCLE#${target}`;
  const headKey = (target: string): Key => ({ pk: partition(target), sk: "HEAD" });
  const pageKey = (target: string, id: string): Key => ({ pk: partition(target), sk: `PAGE#${id}` });

  return {
    async circle(target) {
      const item = await table.get<HeadItem>(headKey(target));
      return item && unpack<CircleHead>(item.head);
    },
    async circlePage(target, id) {
      const item = await table.get<PageItem>(pageKey(target, id));
      return item && unpack<readonly Member[]>(item.members);
    },

    /** Pages first, named by what stands on them; then the head that names them; then what it names no more. */
    async putCircle(target, { head, pages }: Circle) {
      const stands = await table.get<HeadItem>(headKey(target));
      // What is to go soon is written anew, so that it stays.
      const before = stands === undefined || stands.expiresAt !== undefined ? null : unpack<CircleHead>(stands.head);
      if (before?.digest !== head.digest) {
        const known = new Set(before?.pages.map(({ id }) => id));
        const fresh = head.pages.flatMap(({ id }, at) => (known.has(id) ? [] : [{ id, members: pages[at] ?? [] }]));
        await table.putAll(fresh.map(({ id, members }) => ({ ...pageKey(target, id), members: pack(members) })));
        await table.put({ ...headKey(target), head: pack(head) });
      }
      const named = new Set(["HEAD", ...head.pages.map(({ id }) => pageKey(target, id).sk)]);
      await table.removeAll(others(partition(target), named));
    },
    async retireCircle(target, until) {
      const end = expiresAt(until);
      for await (const item of table.query<Item>(partition(target))) {
        if (item.expiresAt === undefined) await table.put({ ...item, expiresAt: end });
      }
    },

    async shown(sha256) {
      const all: Shown[] = [];
      for await (const { shown } of table.query<ShownItem>(`SHOWN#${sha256}`)) all.push(shown);
      return all;
    },
    async putShown(sha256, shown) {
      const key = { pk: `SHOWN#${sha256}`, sk: shown.target };
      await table.put({ ...key, shown, expiresAt: expiresAt(shown.ends + shownKept) });
    },
  };

  async function* others(pk: string, named: ReadonlySet<string>): AsyncGenerator<Key> {
    for await (const { sk } of table.query<Item>(pk)) if (!named.has(sk)) yield { pk, sk };
  }
}
