import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { draftOf } from "../../../lib/steps/words/letter.ts";
import { createWebhookChannel } from "../../../lib/world/channels/webhook.ts";
import { alert } from "../../fakes/causes.ts";

const letter = { ...draftOf(alert(), null), to: "webhook" };

describe("a webhook", () => {
  let server: Server;
  let url: string;
  let status: number;
  let headers: Record<string, string>;
  let asked: { path: string | undefined; headers: IncomingMessage["headers"]; body: string }[];

  beforeEach(async () => {
    asked = [];
    status = 204;
    headers = {};
    server = createServer((request, response) => {
      void text(request).then((body) => {
        asked.push({ path: request.url, headers: request.headers, body });
        response.writeHead(status, headers).end();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it("gets the event as JSON, with the token and the same key for the same message", async () => {
    const channel = createWebhookChannel({ url, token: "s3cret" });
    expect(await channel.deliver(letter)).toEqual({ kind: "sent" });
    await channel.deliver(letter);
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual(letter.event);
    expect(asked[0]?.headers).toMatchObject({ "content-type": "application/json", authorization: "Bearer s3cret" });
    expect(asked[0]?.headers["idempotency-key"]).toBe(asked[1]?.headers["idempotency-key"]);
  });

  it.each([
    [200, "sent"],
    [408, "later"],
    [429, "later"],
    [500, "later"],
    [503, "later"],
    [400, "never"],
    [404, "never"],
    [410, "never"],
  ])("that answers %i: %s", async (answer, kind) => {
    status = answer;
    expect(await createWebhookChannel({ url, token: null }).deliver(letter)).toMatchObject({ kind });
  });

  it("is not followed elsewhere: the token would go along", async () => {
    status = 307;
    headers = { location: url.replace("/hook", "/elsewhere") };
    expect(await createWebhookChannel({ url, token: "s3cret" }).deliver(letter)).toMatchObject({ kind: "never" });
    expect(asked.map(({ path }) => path)).toEqual(["/hook"]);
  });

  it("that can't be reached is tried later", async () => {
    server.close();
    server.closeAllConnections();
    expect(await createWebhookChannel({ url, token: null }).deliver(letter)).toMatchObject({ kind: "later" });
  });

  it.each(["http://hooks.example/x", "ftp://127.0.0.1/x", "hooks.example", ""])("refuses %j", (bad) => {
    expect(() => createWebhookChannel({ url: bad, token: null })).toThrow("must begin with https://");
  });

  it("is told from another one of the same host, without showing the secret in its path", () => {
    const [one, two] = ["/T0/secret", "/T1/secret"].map(
      (path) => createWebhookChannel({ url: `https://hooks.example${path}`, token: null }).name,
    );
    expect(one).toMatch(/^webhook:hooks\.example#[0-9a-f]{6}$/);
    expect(one).not.toBe(two);
  });
});
