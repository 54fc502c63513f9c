/** Counts read units as DynamoDB does: ⌈4 kB⌉ of each item that is asked for by its key, of all items of a page together; half where it needn't be the newest. */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { sizeOf } from "./units.ts";

export interface ReadUnits {
  /** Units since the last `reset`. */
  readonly units: number;
  reset(): void;
}

interface Asked {
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly object[] }>>;
}

interface Answered {
  readonly Item?: object;
  readonly Items?: readonly object[];
  readonly Responses?: Readonly<Record<string, readonly object[]>>;
}

const pages = (bytes: number) => Math.max(1, Math.ceil(bytes / 4096));

export function countReadUnits(client: DynamoDBDocumentClient): ReadUnits {
  let units = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const asked = args.input as Asked;
      const { Item, Items, Responses } = result.output as Answered;
      const share = asked.ConsistentRead === true ? 1 : 0.5;
      if (context.commandName === "GetItemCommand") units += share * pages(sizeOf(Item));
      if (context.commandName === "QueryCommand") {
        units += share * pages((Items ?? []).reduce((sum, item) => sum + sizeOf(item), 0));
      }
      if (context.commandName === "BatchGetItemCommand") {
        for (const [table, { Keys }] of Object.entries(asked.RequestItems ?? {})) {
          const found = Responses?.[table] ?? [];
          // The store's batches are strongly consistent; what isn't there costs a unit too.
          units += found.reduce((sum, item) => sum + pages(sizeOf(item)), Keys.length - found.length);
        }
      }
      return result;
    },
    { step: "initialize", name: "countReadUnits", priority: "high" },
  );
  return {
    get units() {
      return units;
    },
    reset() {
      units = 0;
    },
  };
}
