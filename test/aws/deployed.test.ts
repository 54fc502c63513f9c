/** What was asked for stands there, and answers whoever has a token. */

import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { afterAll, describe, expect, it } from "vitest";
import { tableDefinitions, tableNames, tableRoles } from "../../lib/store/tables.ts";
import { ask, chainmail, stack } from "./lab.ts";

const client = new DynamoDBClient({});
afterAll(() => client.destroy());

describe.each(tableRoles)("the table '%s'", (role) => {
  const { hash, range, indexes, expiry } = tableDefinitions[role];
  const TableName = tableNames(stack)[role];

  it("has the keys and indexes of the embedded store", async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.KeySchema).toEqual(keysOf(hash, range));
    const found = (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema }) => ({ IndexName, KeySchema }));
    expect(found).toEqual(
      indexes.map((index) => ({ IndexName: index.name, KeySchema: keysOf(index.hash, index.range) })),
    );
  });

  it("can be put back to any moment, and forgets what it should", async () => {
    const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
    const { PointInTimeRecoveryDescription } = ContinuousBackupsDescription ?? {};
    expect(PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe("ENABLED");
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription?.AttributeName ?? null).toBe(expiry);
  });
});

function keysOf(hash: string, range: string): readonly object[] {
  return [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
}

describe("the API", () => {
  it("answers whoever has a token, and nobody else", async () => {
    const { stdout } = await chainmail("token", "create");
    expect(await ask("/v1/fleet")).toMatchObject({ status: 401 });
    expect(await ask("/v1/fleet", stdout.trim())).toMatchObject({
      status: 200,
      body: expect.stringContaining("vantages"),
    });
  });
});
