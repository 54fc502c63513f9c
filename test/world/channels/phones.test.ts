import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draftOf } from "../../../lib/steps/words/letter.ts";
import { findTexter } from "../../../lib/world/channels/phones.ts";
import { alert } from "../../fakes/causes.ts";

const published: URLSearchParams[] = [];
const sns = createServer(async (request, response) => {
  published.push(new URLSearchParams(await text(request)));
  response.setHeader("content-type", "text/xml");
  response.end("<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>");
});

beforeEach(async () => {
  sns.listen(0, "127.0.0.1");
  await once(sns, "listening");
  for (const name of Object.keys(process.env).filter((name) => name.startsWith("AWS_"))) vi.stubEnv(name, undefined);
  // Nothing but the environment of this test is asked.
  vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  sns.closeAllConnections();
  await new Promise((closed) => sns.close(closed));
});

describe("phones of one process", () => {
  it("are reached by AWS where a region and credentials are configured", async () => {
    vi.stubEnv("AWS_REGION", "eu-central-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    vi.stubEnv("AWS_ENDPOINT_URL_SNS", `http://127.0.0.1:${(sns.address() as AddressInfo).port}`);
    const phone = (await findTexter())?.("+4915112345678");
    expect(phone).toMatchObject({ name: "sms:+4915112345678", claimsFirst: true });
    expect(await phone?.deliver({ ...draftOf(alert(), null), to: "sms" })).toEqual({ kind: "sent" });
    expect(published.map((fields) => [fields.get("Action"), fields.get("PhoneNumber")])).toEqual([
      ["Publish", "+4915112345678"],
    ]);
  });

  it.each([
    ["nothing is configured", {}],
    ["there is a region alone", { AWS_REGION: "eu-central-1" }],
    ["there are credentials alone", { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" }],
  ])("are not where %s", async (_name, environment) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    expect(await findTexter()).toBe(null);
  });
});
