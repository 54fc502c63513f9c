/** The stack's tables, for the functions that have rights on them. */

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createStore, documentClient } from "../lib/store/dynamo.ts";
import { tableNames } from "../lib/store/tables.ts";
import { fromEnvironment } from "../lib/world/environment.ts";
import { once } from "./once.ts";

export const store = once(() =>
  createStore(documentClient(new DynamoDBClient({})), tableNames(fromEnvironment("stack"))),
);
