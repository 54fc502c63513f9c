/** The rights that the stack gives are those that its steps work by: with one of them withdrawn a step fails, and works again when it is given back. */

import { expect, it } from "vitest";
import { runStep, withdraw } from "./lab.ts";

const worked = (answer: unknown) => answer === null || "batchItemFailures" in Object(answer);

it.each([
  ["Resolve", "dynamodb:GetItem"],
  ["Plan", "dynamodb:PutItem"],
  ["Tick", "dynamodb:Query"],
  ["Tick", "sqs:SendMessage"],
  ["Notify", "dynamodb:Query"],
  ["Contacts", "sns:ListSubscriptionsByTopic"],
])("%s needs %s", async (step, action) => {
  expect(worked(await runStep(step, Date.now()))).toBe(true);
  const giveBack = await withdraw(step, action);
  const failure = await runStep(step, Date.now());
  await giveBack();
  expect(JSON.stringify(failure)).toMatch(/not authorized|AccessDenied/);
  expect(worked(await runStep(step, Date.now()))).toBe(true);
});
