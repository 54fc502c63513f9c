/** Choices of contacts in the state table: a reader makes them by a link, so that no right on the customers is needed. */

import type { ContactChoice } from "../model/contact-choice.ts";
import { shardOf, shards } from "./keys.ts";
import type { StateStore } from "./store.ts";
import type { Item, Key, Table } from "./table.ts";

type ChoiceItem = Item & { choice: ContactChoice };
type ChoiceStore = Pick<StateStore, "choice" | "choices" | "putChoice">;

const choiceKey = (address: string): Key => ({ pk: `CHOICE#${shardOf(address)}`, sk: address });

export function choiceStore(table: Table): ChoiceStore {
  return {
    async choice(address) {
      return (await table.get<ChoiceItem>(choiceKey(address)))?.choice;
    },
    async *choices() {
      for (let shard = 0; shard < shards; shard++) {
        for await (const { choice } of table.query<ChoiceItem>(`CHOICE#${shard}`)) yield choice;
      }
    },
    async putChoice(choice) {
      await table.put({ ...choiceKey(choice.address), choice });
    },
  };
}
