/** The store over three DynamoDB tables. The same code runs on AWS and over the embedded dynalite. */

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { configStore } from "./config.ts";
import { expirer } from "./expire.ts";
import { ledgerStore } from "./ledger.ts";
import { recordStore } from "./record.ts";
import { stateStore } from "./state.ts";
import type { Store } from "./store.ts";
import { openTable } from "./table.ts";
import type { TableNames } from "./tables.ts";

export function createStore(client: DynamoDBDocumentClient, tables: TableNames): Store {
  const state = openTable(client, tables.state);
  const ledger = openTable(client, tables.ledger);
  return {
    config: configStore(openTable(client, tables.config)),
    state: stateStore(state),
    ledger: ledgerStore(ledger, recordStore(ledger, state), expirer([state, ledger])),
  };
}

/** The document client as the store needs it: a field that is undefined isn't written. */
export function documentClient(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}
