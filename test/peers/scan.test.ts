/**
 * `chainmail scan` of real servers, compared pair by pair with sslscan, nmap and testssl.sh: none less than any of them, and
 * none that nobody confirms; with no more connections than were promised.
 */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScanTargetJson } from "../../lib/cli/scan-schema.ts";
import { askedFlaws } from "../../lib/protocols/scan/flaws/asked.ts";
import { makeFolder, run } from "./cache.ts";
import { type Counted, type Relay, startRelay } from "./relay.ts";
import { nmapPairs, sslscanFacts, sslscanPairs, testsslPairs } from "./scanners.ts";
import { type Known, type Material, makeMaterial, stacks } from "./stacks/catalogue.ts";

/** They take two connections each at most. */
const asked = askedFlaws.filter(({ when }) => when !== "intrusive").map(({ name }) => name);
const versionsAsked = 6;
/** Those that take longest come first. */
const ranked = Object.entries(stacks).sort(
  ([, one], [, other]) => Number(other.testssl ?? 0) - Number(one.testssl ?? 0),
);

type Connections = NonNullable<ScanTargetJson["connectionsFor"]>;

interface Counting {
  readonly scan: ScanTargetJson;
  readonly counted: Counted;
}

async function scanned(relay: Relay, ...options: readonly string[]): Promise<Counting> {
  relay.counted();
  const args = ["bin/chainmail.ts", "scan", `127.0.0.1:${relay.port}`, "--allow-private", "--json", ...options];
  const { stdout, stderr } = await run(process.execPath, args);
  if (stdout === "") throw new Error(stderr);
  return { scan: JSON.parse(stdout), counted: relay.counted() };
}

const pairsOf = ({ protocols }: ScanTargetJson): readonly string[] =>
  protocols.flatMap(({ name, suites }) => suites.map(({ code }) => `${name} ${code}`));

/** Suites, order and groups; signature schemes, each at most once, and refused once for each type of key; TLS_FALLBACK_SCSV and the other certificate. */
function mostConnections(scan: ScanTargetJson, flaws: readonly string[]): Connections {
  const suites = pairsOf(scan).length + 2 * versionsAsked + scan.groups.length + 4;
  const used = scan.signatureSchemes?.flatMap(({ versions }) => versions) ?? [];
  const refusals = (used.includes("TLSv1.2") ? 3 : 0) + (used.includes("TLSv1.3") ? 2 : 1);
  return { suites, signatures: used.length + refusals, flaws: 2 + 2 * flaws.length };
}

function expectWithin(scan: ScanTargetJson, flaws: readonly string[]): void {
  const counted = scan.connectionsFor ?? { suites: Number.NaN, signatures: 0, flaws: 0 };
  const most = mostConnections(scan, flaws);
  expect(counted.suites + counted.signatures + counted.flaws).toBe(scan.connections);
  for (const what of ["suites", "signatures", "flaws"] as const) {
    expect(counted[what], what).toBeLessThanOrEqual(most[what]);
  }
}

const levels = ({ grades, score }: ScanTargetJson) => ({
  score,
  levels: grades?.map(({ name, level }) => [name, level]),
});

/** What both know must be the same. */
function asKnown(scan: ScanTargetJson, known: Partial<Known>): void {
  const accepted = scan.protocols.filter((protocol) => protocol.accepted);
  const names = accepted.flatMap(({ suites }) => suites.map(({ openssl, iana }) => `${openssl} ${iana}`));
  const orders = accepted.flatMap(({ preference }) => preference ?? []);
  if (known.versions !== undefined) expect(accepted.map(({ name }) => name)).toEqual(known.versions);
  if (known.groups !== undefined) {
    const groups = scan.groups.map(({ name }) => name?.toLowerCase()).sort();
    expect(groups).toEqual(known.groups.map((name) => name.toLowerCase()).sort());
  }
  if (known.dh !== undefined) expect(scan.dhPrimes.map(({ bits }) => bits)).toEqual(known.dh);
  if (known.preference !== undefined) expect(new Set(orders)).toEqual(new Set([known.preference]));
  if (known.certificates !== undefined) expect(scan.certificates).toHaveLength(known.certificates);
  if (known.pairs !== undefined) expect(names).toHaveLength(known.pairs);
  for (const part of known.suites ?? [])
    expect(
      names.some((name) => name.includes(part)),
      part,
    ).toBe(true);
}

/** RFC 7627, as OpenSSL's client is told. Null: they don't come to terms. */
async function extendedMasterSecret(port: number): Promise<boolean | null> {
  const options = ["-starttls", "smtp", "-no_tls1_3", "-cipher", "ALL:@SECLEVEL=0", "-connect", `127.0.0.1:${port}`];
  const { stdout } = await run("openssl", ["s_client", ...options], { timeoutMs: 20_000 });
  const told = /Extended master secret: (yes|no)/.exec(stdout)?.[1];
  return /Cipher is (?!\(NONE\))/.test(stdout) && told !== undefined ? told === "yes" : null;
}

/** Schemes of TLS 1.3 that OpenSSL's client knows, and each as it spells it. */
const schemes = [
  "ecdsa_secp256r1_sha256",
  "ecdsa_secp384r1_sha384",
  "ecdsa_secp521r1_sha512",
  "ed25519",
  "ed448",
].concat(["rsae", "pss"].flatMap((key) => [256, 384, 512].map((bits) => `rsa_pss_${key}_sha${bits}`)));

/** Those by which OpenSSL's client gets a session of TLS 1.3 where it offers one alone. */
async function signaturesConfirmed(port: number): Promise<readonly string[]> {
  const confirmed: string[] = [];
  for (const scheme of schemes) {
    const options = ["-starttls", "smtp", "-tls1_3", "-sigalgs", scheme, "-connect", `127.0.0.1:${port}`];
    const { stdout } = await run("openssl", ["s_client", ...options], { timeoutMs: 20_000 });
    if (/^Peer signature type: /m.test(stdout)) confirmed.push(scheme.replace(/_secp\d+r1/, ""));
  }
  return confirmed;
}

describe("pair by pair with sslscan, nmap and testssl.sh", { timeout: 400_000 }, () => {
  let folder: string;
  let material: Material;

  beforeAll(async () => {
    folder = await makeFolder("scan");
    material = await makeMaterial(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.concurrent.each(ranked)("%s", async (name, { start, knows, testssl }) => {
    const server = await start(material);
    const relay = await startRelay(server.ports, server.speaks);
    try {
      const full = await scanned(relay, "--skip", "capabilities-differ");
      const bare = await scanned(relay, "--skip", ["capabilities-differ", ...asked].join(","));
      const grade = await scanned(relay, "--grade");
      const found = pairsOf(full.scan);
      expect(pairsOf(bare.scan)).toEqual(found);
      const said = JSON.stringify(full.scan.findings);
      expect(
        [full, bare, grade].map(({ scan }) => scan.incomplete),
        said,
      ).toEqual([null, null, null]);

      const report = join(folder, `${relay.port}.json`);
      const peers = [
        await sslscanPairs(relay.port),
        await nmapPairs(relay.port),
        ...(testssl ? [await testsslPairs(relay.port, report)] : []),
      ];
      const seen = new Set(peers.flatMap((pairs) => [...pairs]));
      expect([...seen].filter((pair) => !found.includes(pair))).toEqual([]);
      expect(found.filter((pair) => !seen.has(pair))).toEqual([]);

      asKnown(full.scan, knows);
      const facts = await sslscanFacts(relay.port);
      const { habits, groups } = full.scan;
      const codes = groups.map(({ code }) => Number(code));
      expect(facts.groups.filter((code) => !codes.includes(code))).toEqual([]);
      for (const fact of ["secureRenegotiation", "fallbackScsv", "compression"] as const) {
        if (facts[fact] !== null && habits?.[fact] !== null) expect(habits?.[fact], fact).toBe(facts[fact]);
      }
      const extended = await extendedMasterSecret(relay.port);
      if (extended !== null && habits?.extendedMasterSecret !== null) {
        expect(habits?.extendedMasterSecret).toBe(extended);
      }

      const used = full.scan.signatureSchemes?.filter(({ versions }) => versions.includes("TLSv1.3")) ?? [];
      const signatures = used.map(({ name }) => name);
      const confirmed = await signaturesConfirmed(relay.port);
      expect(confirmed.filter((scheme) => !signatures.includes(scheme))).toEqual([]);
      expectWithin(bare.scan, []);
      expectWithin(full.scan, asked);
      expect(full.counted.most).toBeLessThanOrEqual(4);
      expect(levels(grade.scan)).toEqual(levels(full.scan));
      expect(grade.scan.connections).toBeLessThanOrEqual(/modern|TLS 1.3 alone/.test(name) ? 12 : 24);
      expect(grade.counted.most).toBe(1);
    } finally {
      await relay.close();
      await server.stop();
    }
  });
});
