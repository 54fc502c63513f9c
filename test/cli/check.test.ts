/** `chainmail check`: a domain's chain, looked at once by the steps that watch it. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HopJson, StatusJson } from "../../lib/status/json/schemas.ts";
import { chainmail } from "../fakes/cli.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { type FakeMailServer, startMailServer } from "../fakes/mail-server.ts";

let good: FakeMailServer;
let clear: FakeMailServer;
let closed: FakeMailServer;
let dns: DnsServer;
beforeAll(async () => {
  good = await startMailServer({});
  clear = await startMailServer({ starttls: false });
  closed = await startMailServer({ replies: { banner: "554 5.7.1 gateway only" } });
  dns = await startDns({
    "acme.example": { MX: ["10 mx1.gw.example"] },
    "past.example": { MX: ["10 mx1.gw.example", "20 mail.example"] },
    "null.example": { MX: ["0 ."] },
    "mx1.gw.example": { A: ["127.0.0.1"] },
    "mail.example": { A: ["127.0.0.1"] },
  });
});
afterAll(async () => {
  await Promise.all([good, clear, closed, dns].map((one) => one.close()));
});

async function check(...argv: readonly string[]) {
  const always = ["--json", "--allow-private", "--timeout", "5s", "--resolver", dns.address];
  const { code, out, err } = await chainmail("check", ...argv, ...always);
  const hops = out === "" ? [] : ((JSON.parse(out) as StatusJson).chains[0]?.hops ?? []);
  return { code, err, gateway: hops[0], downstream: hops[1] };
}

const codes = (hop: HopJson | undefined) =>
  hop && [...hop.findings, ...hop.targets.flatMap(({ findings }) => findings)].map(({ code }) => code);
const byGateway = () => ["--gateway", `mx1.gw.example:${good.port}`];
const at = ({ port }: FakeMailServer) => `mail.example:${port}`;

describe("the gateway hop", () => {
  it("is dialled where the gateway listens", async () => {
    const { code, gateway } = await check("acme.example", ...byGateway());
    expect(gateway).toMatchObject({ from: "internet", to: "gateway", verdict: "unverified", encryption: "strong" });
    expect(code).toBe(1);
  });

  it("an MX past the gateway is told", async () => {
    const { gateway } = await check("past.example", ...byGateway());
    expect(gateway?.findings).toMatchObject([
      { code: "mx.bypasses-gateway", severity: "warning", evidence: ["past.example MX 20 mail.example"] },
    ]);
  });

  it("a null MX doesn't count: the other hop gives the verdict", async () => {
    const { code, gateway, downstream } = await check("null.example", "--downstream", at(clear));
    expect(gateway).toMatchObject({ counts: false });
    expect([codes(gateway), downstream?.verdict, code]).toEqual([["dns.null-mx"], "lost", 2]);
  });
});

describe("the downstream hop", () => {
  it("takes the worst of several servers", async () => {
    const servers = [at(good), `127.0.0.1:${clear.port}`].join(", ");
    const { code, downstream } = await check("null.example", "--downstream", servers);
    expect(downstream?.targets.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["mail.example", "unverified"],
      [null, "lost"],
    ]);
    expect([downstream?.verdict, code]).toEqual(["lost", 2]);
  });

  it.each([
    ["enabled", "mail goes in clear"],
    ["enforced", "mail queues and bounces"],
  ])("without TLS under TLS mode %s: %s", async (mode, consequence) => {
    const { code, downstream } = await check("null.example", "--downstream", at(clear), "--tls-mode", mode);
    expect(downstream?.targets[0]?.findings).toMatchObject([{ code: "starttls.absent", consequence }]);
    expect(code).toBe(2);
  });

  it("is in clear under TLS mode disabled, however good the server is", async () => {
    const { code, downstream } = await check("null.example", "--downstream", at(good), "--tls-mode", "disabled");
    expect(downstream).toMatchObject({ verdict: "lost", encryption: "none" });
    expect(downstream?.findings.map((found) => found.code)).toEqual(["gateway.tls-mode-disabled"]);
    expect(code).toBe(2);
  });

  it("refused from outside is as it should be, and doesn't count", async () => {
    const { code, gateway, downstream } = await check("acme.example", ...byGateway(), "--downstream", at(closed));
    expect(downstream).toMatchObject({ counts: false });
    expect(codes(downstream)).toEqual(["downstream.not-exposed"]);
    expect([gateway?.verdict, code]).toEqual(["unverified", 1]);
  });
});

describe("lists that can't be used", () => {
  it.each([
    [["--gateway", ""], "--gateway: '': expected a host"],
    [["--gateway", "mx1.gw.example,"], "--gateway: '': expected a host"],
    [["--gateway", "192.0.2.1"], "--gateway: '192.0.2.1': expected a host name"],
    [["--gateway", "mx1.gw.example:25,mx2.gw.example:26"], "expected one port for all its hosts"],
    [["--downstream", " , "], "--downstream: '': expected a host"],
    [["--downstream", "169.254.169.254"], "--downstream: 169.254.169.254 is in"],
  ])("%j", async (argv, sentence) => {
    const { code, err } = await check("acme.example", ...argv);
    expect(err).toContain(sentence);
    expect(code).toBe(64);
  });
});
