/** Deletes what has expired where the database doesn't: dynalite knows no time to live. */

import type { Key, Table } from "./table.ts";

/** Items looked at in one call and table: a tick's share; the next call goes on from there. */
const share = 500;

/** `expire(now)` for `tables`, in turn and a share at a time. */
export function expirer(tables: readonly Table[]): (now: number) => Promise<number> {
  const next = new Map<Table, Key>();
  return async (now) => {
    let deleted = 0;
    const expired = { expression: "#expiresAt < :now", values: { now: Math.floor(now / 1000) } };
    for (const table of tables) {
      const page = await table.scanPage(expired, next.get(table), share);
      for (const key of page.keys) if (await table.remove(key, expired)) deleted++;
      if (page.next) next.set(table, page.next);
      else next.delete(table);
    }
    return deleted;
  };
}
