import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WebhookSettings } from "../../../lib/model/notify-settings.ts";
import { draftOf } from "../../../lib/steps/words/letter.ts";
import { createWebhookChannel, signatureHeaders } from "../../../lib/world/channels/webhook.ts";
import { alert, noon } from "../../fakes/causes.ts";

const letter = { ...draftOf(alert(), null), to: "webhook" };
const source = "https://status.example";

const hook = (url: string, over: Partial<WebhookSettings> = {}, at = noon) =>
  createWebhookChannel({ url, token: null, secret: null, ...over }, source, () => at);

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

  it("gets a CloudEvent in structured mode, with the token and the same key for the same message", async () => {
    const channel = hook(url, { token: "s3cret" });
    expect(await channel.deliver(letter)).toEqual({ kind: "sent" });
    await channel.deliver(letter);
    const { data, ...envelope } = JSON.parse(asked[0]?.body ?? "");
    expect(data).toEqual(letter.event);
    expect(envelope).toEqual({
      specversion: "1.0",
      id: "CM-7F3A·1",
      source,
      type: "chainmail.incident.opened",
      subject: "192.0.2.1:25",
      time: "2026-11-24T12:01:00.000Z",
      datacontenttype: "application/json",
    });
    expect(asked[0]?.headers).toMatchObject({
      "content-type": "application/cloudevents+json; charset=utf-8",
      authorization: "Bearer s3cret",
    });
    expect(asked[0]?.headers["idempotency-key"]).toBe(asked[1]?.headers["idempotency-key"]);
    expect(asked[0]?.headers).not.toHaveProperty("webhook-signature");
  });

  it.each([
    ["text", "correct horse", Buffer.from("correct horse")],
    ["base64", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64")],
  ])("is signed with a secret that is %s: id, time and the very bytes", async (_kind, secret, key) => {
    await hook(url, { secret }).deliver(letter);
    await hook(url, { secret }, noon + 60_000).deliver(letter);
    const signatures = asked.map(({ headers, body }) => {
      const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = headers;
      const mac = createHmac("sha256", key).update(`${id}.${at}.`).update(Buffer.from(body)).digest("base64");
      expect(signature).toBe(`v1,${mac}`);
      return { id, at };
    });
    expect(signatures).toEqual([
      { id: "CM-7F3A%C2%B71", at: String(noon / 1000) },
      { id: "CM-7F3A%C2%B71", at: String(noon / 1000 + 60) },
    ]);
  });

  it("has the signature of Standard Webhooks' own example", () => {
    const signed = signatureHeaders({
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      body: '{"test": 2432232314}',
      secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      at: 1_614_265_330_000,
    });
    expect(signed["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it.each([
    [200, "sent"],
    [401, "later"],
    [403, "later"],
    [408, "later"],
    [429, "later"],
    [500, "later"],
    [503, "later"],
    [400, "never"],
    [404, "never"],
    [410, "never"],
  ])("that answers %i: %s", async (answer, kind) => {
    status = answer;
    expect(await hook(url).deliver(letter)).toMatchObject({ kind });
  });

  it("is not followed elsewhere: the token would go along", async () => {
    status = 307;
    headers = { location: url.replace("/hook", "/elsewhere") };
    expect(await hook(url, { token: "s3cret" }).deliver(letter)).toMatchObject({ kind: "never" });
    expect(asked.map(({ path }) => path)).toEqual(["/hook"]);
  });

  it("that can't be reached is tried later", async () => {
    server.close();
    server.closeAllConnections();
    expect(await hook(url).deliver(letter)).toMatchObject({ kind: "later" });
  });

  it.each(["http://hooks.example/x", "ftp://127.0.0.1/x", "hooks.example", ""])("refuses %j", (bad) => {
    expect(() => hook(bad)).toThrow("must begin with https://");
  });

  it("is told from another one of the same host, without showing the secret in its path", () => {
    const [one, two] = ["/T0/secret", "/T1/secret"].map((path) => hook(`https://hooks.example${path}`).name);
    expect(one).toMatch(/^webhook:hooks\.example#[0-9a-f]{6}$/);
    expect(one).not.toBe(two);
  });
});
