import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../lib/cli/program.ts";
import { issue, makeCa } from "../fakes/certificates.ts";

const kinds = ["opened", "worse", "reminder", "flapping", "recovered", "gone"];
const folder = mkdtempSync(join(tmpdir(), "chainmail-notify-"));
const customersFile = join(folder, "customers.yaml");
const caFile = join(folder, "ca.pem");
const mails: string[] = [];
const posts: unknown[] = [];
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
      posts.push(JSON.parse(body));
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

async function notifyTest(...options: readonly string[]) {
  let out = "";
  let err = "";
  const code = await run(["notify", "--test", "--customers", customersFile, ...options], {
    stdout: { write: (piece) => (out += piece) },
    stderr: { write: (piece) => (err += piece) },
    env: {},
  });
  return { code, out, err };
}

describe("notify --test", () => {
  it("sends a sample of each kind over every channel of the file", async () => {
    const { code, out, err } = await notifyTest("--ca", caFile);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(posts).toMatchObject(kinds.map((kind) => ({ kind, subject: "192.0.2.1:25" })));
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
    expect(err).toContain("gone not sent: the webhook answered 500\n");
  });
});
