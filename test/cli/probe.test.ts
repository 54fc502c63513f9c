/** `chainmail probe`, from its arguments to what it prints and its exit code. */

import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ProbeTargetJson, ProbeTargetsJson } from "../../lib/cli/schemas.ts";
import { chainmail } from "../fakes/cli.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { type FakeMailServer, type MailServerOptions, startMailServer } from "../fakes/mail-server.ts";

let dns: DnsServer;
let server: FakeMailServer | undefined;
beforeAll(async () => {
  dns = await startDns({
    "mail.example": { A: ["127.0.0.1"] },
    "alias.example": { CNAME: "mail.example" },
    "none.example": {},
    "private.example": { A: ["10.0.0.1"] },
    "aliased.test": { MX: ["10 alias.example"] },
    "half.test": { MX: ["10 mail.example", "20 none.example"] },
    "two.test": { MX: ["20 alias.example", "10 mail.example"] },
  });
  return () => dns.close();
});
afterEach(() => server?.close());

/** `PORT` stands for the server's port. */
async function probe(options: MailServerOptions, ...argv: readonly string[]) {
  server = await startMailServer(options);
  const { port } = server;
  const always = ["--json", "--timeout", "5s", "--resolver", dns.address];
  const ported = argv.map((arg) => arg.replace("PORT", String(port)));
  const { code, out } = await chainmail("probe", ...ported, ...always);
  return { code, out, printed: JSON.parse(out) as ProbeTargetJson & ProbeTargetsJson };
}

const codes = ({ findings }: Pick<ProbeTargetsJson, "findings">) => findings.map(({ code }) => code);

describe("what DNS adds to a probe", () => {
  it("an MX that is an alias is told, and changes neither verdict nor shape", async () => {
    const { code, printed } = await probe({ starttls: false }, "--mx", "aliased.test:PORT", "--allow-private");
    expect(printed).toMatchObject({ address: "127.0.0.1", host: "alias.example", preference: 10, verdict: "lost" });
    expect(codes(printed)).toEqual(["mx.alias", "starttls.absent"]);
    expect(code).toBe(2);
  });

  it("an MX without an address makes a whole that one good address doesn't speak for", async () => {
    const { code, printed } = await probe(
      { replies: { banner: "421 busy" } },
      "--mx",
      "half.test:PORT",
      "--allow-private",
    );
    expect(printed.verdict).toBe("unknown");
    expect(codes(printed)).toContain("dns.failed");
    expect(code).toBe(3);
  });

  it("several addresses come best preference first, and the worst gives the verdict", async () => {
    const { printed } = await probe({}, "--mx", "two.test:PORT", "--allow-private");
    expect(printed.verdict).toBe("unverified");
    expect(printed.targets.map(({ host, preference }) => [host, preference])).toEqual([
      ["mail.example", 10],
      ["alias.example", 20],
    ]);
  });

  it("a private address behind a name is not dialled, and nobody is blamed", async () => {
    const { code, printed } = await probe({}, "private.example");
    expect(printed).toMatchObject({ verdict: "unknown", address: "10.0.0.1" });
    expect(printed.findings).toMatchObject([
      { code: "address.forbidden", evidence: ["10.0.0.0/8 (private use, RFC 1918)"] },
    ]);
    expect(code).toBe(3);
  });
});

it("prints JSON that steers no terminal and reads as it was sent", async () => {
  const banner = "220 \u001b[2J\u009b31m\u202eevil";
  const { out, printed } = await probe({ replies: { banner } }, "127.0.0.1:PORT", "--allow-private");
  expect(out.replaceAll("\n", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  expect(printed.banner).toBe(banner.slice(4));
});
