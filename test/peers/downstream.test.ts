/** A downstream server as it should be: it admits its gateway and nobody else (design rule 6). */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { issue, makeCa } from "../fakes/certificates.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { makeFolder } from "./cache.ts";
import { type Postfix, startPostfix } from "./postfix.ts";
import { alertsIn, startUp, type Up, until } from "./up.ts";

const host = "mail.acme.example";
const admitted = "127.0.0.3";

let folder: string;
let postfix: Postfix;
let dns: DnsServer;
let up: Up;

beforeAll(async () => {
  folder = await makeFolder("downstream");
  const ca = await makeCa({ name: "Downstream's root" });
  const { keyPem, chainPem } = await issue(ca, { names: [host] });
  await writeFile(join(folder, "identity.pem"), keyPem + chainPem);
  await writeFile(join(folder, "ca.pem"), ca.certPem);
  postfix = await startPostfix(
    { mx: {} },
    {
      smtpd_tls_chain_files: join(folder, "identity.pem"),
      smtpd_client_restrictions: `check_client_access inline:{${admitted}=OK}, reject`,
      smtpd_delay_reject: "no",
    },
  );
  dns = await startDns({ [host]: { A: ["127.0.0.1"] } });
  const server = `{ host: ${host}, port: ${postfix.port("mx")} }`;
  const customers = [
    "vantages:",
    `  - { id: inside, sourceAddress: ${admitted} }`,
    "customers:",
    `  - { id: outside, downstream: [${server}], allowPrivate: true }`,
    `  - { id: inside, downstream: [${server}], allowPrivate: true, vantage: { downstream: inside } }`,
  ].join("\n");
  up = await startUp({ folder, customers, resolver: dns.address, caFile: join(folder, "ca.pem"), every: "5s" });
});
afterAll(async () => {
  await up?.kill("SIGTERM");
  await Promise.all([postfix?.stop(), dns?.close()]);
  await rm(folder, { recursive: true, force: true });
});

interface Status {
  readonly verdict: string;
  readonly chains: readonly {
    readonly hops: readonly {
      readonly kind: string;
      readonly verdict: string;
      readonly targets: readonly {
        readonly vantage: string;
        readonly verdict: string;
        readonly findings: readonly { readonly code: string }[];
      }[];
    }[];
  }[];
}

/** The downstream hop's only target as the API tells it, once it was looked at. */
async function seenBy(customer: string) {
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(up.printed)?.[0];
  const response = await fetch(`${url}/v1/customers/${customer}`);
  const status = (await response.json()) as Status;
  const hop = status.chains?.[0]?.hops.find(({ kind }) => kind === "downstream");
  const target = hop?.targets[0];
  return target && { verdict: target.verdict, vantage: target.vantage, codes: target.findings.map(({ code }) => code) };
}

it("is refused from outside, as it should be, and secure from where the mail comes", async () => {
  await until("the page", 20_000, () => up.printed.includes("http://127.0.0.1"));
  await until("both looks", 60_000, async () => {
    const [outside, inside] = [await seenBy("outside"), await seenBy("inside")];
    return outside?.codes.length !== 0 && outside !== undefined && inside?.verdict === "secure";
  });
  expect(await seenBy("outside")).toEqual({ verdict: "unknown", vantage: "here", codes: ["downstream.not-exposed"] });
  expect(await seenBy("inside")).toMatchObject({ verdict: "secure", vantage: "inside" });
  expect(await alertsIn(folder)).toEqual([]);
});
