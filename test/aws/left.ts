/** `node left.ts TABLE…`: 0 where the named tables, and of the stack nothing else, are left in the account. */

import { DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";

const tables: string[] = [];
for await (const { TableNames = [] } of paginateListTables({ client: new DynamoDBClient({}) }, {}))
  tables.push(...TableNames);
const others: string[] = [];
// The tests' own taps are queues without the stack's name.
for await (const { QueueUrls = [] } of paginateListQueues({ client: new SQSClient({}) }, { QueueNamePrefix: "Lab-" }))
  others.push(...QueueUrls);
for await (const { Topics = [] } of paginateListTopics({ client: new SNSClient({}) }, {}))
  others.push(...Topics.map(({ TopicArn = "" }) => TopicArn));

const expected = process.argv.slice(2).sort();
if (JSON.stringify(tables.sort()) !== JSON.stringify(expected) || others.length > 0) {
  process.stderr.write(
    `expected the tables ${expected.join(", ") || "none"} alone, not ${[...tables, ...others].join(", ")}\n`,
  );
  process.exitCode = 1;
}
