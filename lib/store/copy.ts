/** The tables as they stand, item by item: read to be moved, and filled with what was moved. No step may work on them meanwhile. */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { StoredItem } from "./fleet-file.ts";
import { type Item, type Key, openTable, type Table } from "./table.ts";
import { type TableNames, type TableRole, tableRoles } from "./tables.ts";

/** Stands while an import isn't finished. */
const markKey: Key = { pk: "FLEET", sk: "IMPORT" };

export interface Tables {
  /** `state` first: its note of the record's newest entry must not be ahead of the record. */
  items(): AsyncIterable<StoredItem>;
  /** Whether people or steps wrote anything that a fleet is made of. What an idle stack notes of itself in `state` is nothing. */
  isEmpty(): Promise<boolean>;
  /** The export whose import was begun and isn't finished. */
  unfinished(): Promise<string | null>;
  /**
   * Takes away what is there, and writes `items`: cut off anywhere, the next call begins anew, and a third changes nothing.
   * Answers how many items each table has got. Rejects where `items` do, and stays unfinished.
   */
  fill(id: string, items: AsyncIterable<StoredItem>): Promise<Readonly<Record<TableRole, number>>>;
}

const order: readonly TableRole[] = ["state", "ledger", "config"];
const atOnce = 100;

export function openTables(client: DynamoDBDocumentClient, names: TableNames): Tables {
  const tables: Readonly<Record<TableRole, Table>> = {
    config: openTable(client, names.config),
    state: openTable(client, names.state),
    ledger: openTable(client, names.ledger),
  };

  async function* withoutMark(role: TableRole): AsyncGenerator<StoredItem> {
    for await (const item of tables[role].all()) {
      if (item.pk !== markKey.pk || item.sk !== markKey.sk) yield { table: role, item };
    }
  }

  async function hasNone(role: TableRole): Promise<boolean> {
    for await (const _ of withoutMark(role)) return false;
    return true;
  }

  async function takeAway(role: TableRole): Promise<void> {
    const all = async function* (): AsyncGenerator<Key> {
      for await (const { item } of withoutMark(role)) yield { pk: item.pk, sk: item.sk };
    };
    await tables[role].removeAll(all());
  }

  return {
    async *items() {
      for (const role of order) yield* withoutMark(role);
    },

    isEmpty: async () => (await hasNone("config")) && (await hasNone("ledger")),

    async unfinished() {
      const mark = await tables.config.get<Item & { id: string }>(markKey);
      return mark?.id ?? null;
    },

    async fill(id, items) {
      await tables.config.put({ ...markKey, id });
      for (const role of tableRoles) await takeAway(role);
      const written: Record<TableRole, number> = { config: 0, state: 0, ledger: 0 };
      const waiting: Record<TableRole, StoredItem[]> = { config: [], state: [], ledger: [] };
      const flush = async (role: TableRole): Promise<void> => {
        await tables[role].putAll(waiting[role].splice(0).map(({ item }) => item));
      };
      for await (const stored of items) {
        written[stored.table]++;
        waiting[stored.table].push(stored);
        if (waiting[stored.table].length >= atOnce) await flush(stored.table);
      }
      for (const role of tableRoles) await flush(role);
      await tables.config.remove(markKey);
      return written;
    },
  };
}
