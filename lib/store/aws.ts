/** The store of a deployed stack, under the caller's own AWS credentials. */

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { InputError, UnavailableError } from "../model/input-error.ts";
import { createStore, documentClient } from "./dynamo.ts";
import type { Store } from "./store.ts";
import { type TableNames, tableNames } from "./tables.ts";

export interface AwsStore {
  readonly store: Store;
  readonly client: DynamoDBDocumentClient;
  readonly tables: TableNames;
  /** The stack's own steps work on it. */
  readonly joined: true;
  close(): Promise<void>;
}

/** What the SDK's errors mean to a person at the command line. */
const sentences: Readonly<Record<string, string>> = {
  ResourceNotFoundException: "has no tables in this account and region: check the name, AWS_PROFILE and AWS_REGION",
  CredentialsProviderError: "can't be reached without AWS credentials: set AWS_PROFILE, or sign in",
  ExpiredTokenException: "can't be reached: the AWS credentials have expired",
  UnrecognizedClientException: "can't be reached: AWS doesn't know these credentials",
  AccessDeniedException: "can't be read: these AWS credentials have no rights on its tables",
};

/** Looks at one item first, so that a wrong name or missing credentials are an InputError now and not a crash later. */
export async function openAws(stackName: string): Promise<AwsStore> {
  const client = new DynamoDBClient({});
  const documents = documentClient(client);
  const tables = tableNames(stackName);
  const store = createStore(documents, tables);
  try {
    await store.config.revision();
  } catch (error) {
    client.destroy();
    throw explained(stackName, error);
  }
  return { store, client: documents, tables, joined: true, close: async () => client.destroy() };
}

function explained(stackName: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.message.includes("Region is missing")) {
    return new InputError(`stack '${stackName}' can't be looked up without a region: set AWS_REGION`);
  }
  const sentence = sentences[error.name];
  if (sentence !== undefined) return new InputError(`stack '${stackName}' ${sentence}`);
  return new UnavailableError(`stack '${stackName}' can't be reached: ${error.message}`);
}
