import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { issue, makeCa } from "../fakes/certificates.ts";
import { chainmail } from "../fakes/cli.ts";

const kinds = ["opened", "worse", "reminder", "escalated", "flapping", "recovered", "gone"];
const folder = mkdtempSync(join(tmpdir(), "chainmail-notify-"));
const customersFile = join(folder, "customers.yaml");
const caFile = join(folder, "ca.pem");
const mails: string[] = [];
const posts: { path: string | undefined; body: unknown }[] = [];
let relay: SMTPServer;
let hook: Server;
let status: number;

beforeAll(async () => {
  const relayCertificate = await issue(await makeCa({ name: "Operator's own root" }), { names: ["localhost"] });
  writeFileSync(caFile, relayCertificate.caPem);
  relay = new SMTPServer({
    authOptional: true,
    key: relayCertificate.keyPem,
    cert: relayCertificate.chainPem,
    onData(stream, _session, done) {
      void text(stream).then((mail) => {
        mails.push(mail);
        done();
      });
    },
  });
  relay.on("error", () => {});
  relay.listen(0, "127.0.0.1");
  hook = createServer((request, response) => {
    void text(request).then((body) => {
      posts.push({ path: request.url, body: JSON.parse(body) });
      response.writeHead(status).end();
    });
  });
  hook.listen(0, "127.0.0.1");
  await Promise.all([once(relay.server, "listening"), once(hook, "listening")]);
  const relayPort = (relay.server.address() as AddressInfo).port;
  const hookPort = (hook.address() as AddressInfo).port;
  writeFileSync(
    customersFile,
    [
      "customers: [acme.example]",
      "notify:",
      `  smtp: { host: localhost, port: ${relayPort}, from: chainmail@operator.example, to: [ops@operator.example] }`,
      `  webhook: ["http://127.0.0.1:${hookPort}/hook"]`,
      `  slack: ["http://127.0.0.1:${hookPort}/slack"]`,
      `  teams: ["http://127.0.0.1:${hookPort}/teams"]`,
      `  pagerduty: [{ routingKey: key, url: "http://127.0.0.1:${hookPort}/pagerduty" }]`,
      `  escalate: { slack: ["http://127.0.0.1:${hookPort}/second"] }`,
    ].join("\n"),
  );
});
beforeEach(() => {
  mails.length = 0;
  posts.length = 0;
  status = 204;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  hook.close();
  await new Promise<void>((closed) => relay.close(closed));
});

const notifyTest = (...options: readonly string[]) =>
  chainmail("notify", "--test", "--customers", customersFile, ...options);

describe("notify --test", () => {
  it("sends a sample of each kind over every channel of the file", async () => {
    const { code, out, err } = await notifyTest("--ca", caFile);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const got = (path: string) => posts.filter((post) => post.path === path).map(({ body }) => body);
    expect(got("/hook")).toMatchObject(kinds.map((kind) => ({ type: `chainmail.incident.${kind}`, data: { kind } })));
    expect(got("/slack")).toMatchObject(
      kinds.map((_, index) => ({ text: expect.stringContaining(`CM-TEST.${index + 1}`) })),
    );
    expect(got("/second")).toHaveLength(kinds.length);
    expect(got("/teams")).toMatchObject(kinds.map(() => ({ type: "message" })));
    expect(got("/pagerduty")).toMatchObject(
      kinds.map((_, index) => ({ event_action: index < 5 ? "trigger" : "resolve", dedup_key: "CM-TEST" })),
    );
    expect(mails).toHaveLength(kinds.length);
    for (const kind of kinds) expect(out).toContain(`smtp:ops@operator.example: ${kind} sent\n`);
  });

  it("trusts a relay's own authority only when it is named, and says what was not sent", async () => {
    const { code, err } = await notifyTest();
    expect(code).toBe(2);
    expect(mails).toEqual([]);
    expect(err).toMatch(/^smtp:ops@operator\.example: opened not sent: .*certificate/m);
  });

  it("says what a webhook answered", async () => {
    status = 500;
    const { code, err } = await notifyTest("--ca", caFile);
    expect(code).toBe(2);
    for (const service of ["the webhook", "Slack", "Teams", "PagerDuty"])
      expect(err).toContain(`gone not sent: ${service} answered 500\n`);
  });
});
