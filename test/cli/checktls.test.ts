/** The document that mail people know, replayed by a fake server: rows, order and verdict. */

import { afterEach, beforeAll, describe, expect, it, test } from "vitest";
import { transcriptText } from "../../lib/cli/transcript.ts";
import { judgeTarget, lookOf } from "../../lib/judge/target.ts";
import { defaultRequirement } from "../../lib/model/customer.ts";
import type { Observation } from "../../lib/model/observation.ts";
import { probeTarget } from "../../lib/protocols/smtp/probe.ts";
import { createTlsKit, type TlsKit } from "../../lib/protocols/tls/kit.ts";
import { loadRoots } from "../../lib/protocols/x509/roots.ts";
import { createDialler } from "../../lib/world/dialler.ts";
import { type Issued, issue, makeCa, type Subject, selfSigned } from "../fakes/certificates.ts";
import { type FakeMailServer, startMailServer } from "../fakes/mail-server.ts";

const subject: Subject = [
  ["O", "Halon Security"],
  ["CN", "mail.duocircle.com"],
  ["E", "postmaster@duocircle.com"],
  ["C", "AU"],
  ["ST", "Some-State"],
];
const name = "/O=Halon Security/CN=mail.duocircle.com/emailAddress=postmaster@duocircle.com/C=AU/ST=Some-State";

/** The document's rows without their seconds, RSET's two in addition before QUIT. */
const documented = (cipher: string) => [
  "Connected to server",
  "<-- | 220 inbound3.ore.mailhop.org ESMTP",
  "We are allowed to connect",
  "--> | EHLO checktls.com",
  "<-- | 250-inbound3.ore.mailhop.org 250-PIPELINING 250-SIZE 52428800 250-VRFY 250-STARTTLS 250-ENHANCEDSTATUSCODES 250 8BITMIME",
  "We can use this server",
  "TLS is an option on this server",
  "--> | STARTTLS",
  "<-- | 220 2.0.0 Ready to start TLS",
  "STARTTLS command works on this server",
  `Cipher in use: ${cipher}`,
  "Connection converted to SSL",
  `Certificate 1 of 2 in chain: subject= ${name} issuer= ${name}`,
  `Certificate 2 of 2 in chain: subject= ${name} issuer= ${name}`,
  "Cert NOT VALIDATED: self signed certificate",
  "So email is encrypted but the domain is not verified",
  "Cert Hostname DOES NOT VERIFY (mx1.mailhop.org != mail.duocircle.com)",
  "So email is encrypted but the host is not verified",
  "~~> | EHLO checktls.com",
  "<~~ | 250-inbound3.ore.mailhop.org 250-PIPELINING 250-SIZE 52428800 250-VRFY 250-ENHANCEDSTATUSCODES 250 8BITMIME",
  "TLS successfully started on this server",
  "~~> | MAIL FROM:<test@checktls.com>",
  "<~~ | 250 2.1.0 Ok",
  "Sender is OK",
  "~~> | RCPT TO:<tlstest@xxxxx.com>",
  "<~~ | 250 2.1.5 Ok",
  "Recipient OK, E-mail address proofed",
  "~~> | RSET",
  "<~~ | 250 2.0.0 Ok",
  "~~> | QUIT",
  "<~~ | 221 2.0.0 Bye",
];

describe("a server that replays the document", () => {
  let kit: TlsKit;
  let own: Issued;
  let server: FakeMailServer | undefined;
  beforeAll(async () => {
    kit = createTlsKit(loadRoots());
    own = await selfSigned({ subject, key: "rsa2048" });
  });
  afterEach(() => server?.close());

  async function observe(certificate: Issued, version: "TLSv1.2" | "TLSv1.3", trusting = kit): Promise<Observation> {
    const host = "inbound3.ore.mailhop.org";
    const keywords = ["250-PIPELINING", "250-SIZE 52428800", "250-VRFY"];
    server = await startMailServer({
      replies: {
        banner: `220 ${host} ESMTP`,
        ehlo: [`250-${host}`, ...keywords, "250-STARTTLS", "250-ENHANCEDSTATUSCODES", "250 8BITMIME"],
        "ehlo-again": [`250-${host}`, ...keywords, "250-ENHANCEDSTATUSCODES", "250 8BITMIME"],
      },
      tls: {
        cert: certificate.certPem + certificate.certPem,
        key: certificate.keyPem,
        minVersion: version,
        maxVersion: version,
        ciphers: "ECDHE-RSA-AES256-GCM-SHA384:TLS_AES_256_GCM_SHA384",
      },
    });
    return probeTarget(
      {
        target: { address: server.address, port: server.port, tls: "starttls" },
        host: "mx1.mailhop.org",
        sni: "mx1.mailhop.org",
        vantage: "here",
        allowPrivate: true,
        ehloName: "checktls.com",
        timeoutMs: 10_000,
        readChain: true,
        tls: trusting,
        envelope: { from: "test@checktls.com", to: "tlstest@example.com" },
      },
      createDialler({}),
      { now: Date.now, monotonic: () => performance.now() },
    );
  }

  const judge = (observation: Observation) =>
    judgeTarget(lookOf(observation), {
      reference: "mx1.mailhop.org",
      require: defaultRequirement,
      hop: "gateway",
      now: observation.at,
      everyMs: 300_000,
      outside: true,
    });

  test.each([
    ["TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"],
    ["TLSv1.3", "TLS_AES_256_GCM_SHA384"],
  ] as const)("over %s gives its rows in its order, and is unverified", async (version, cipher) => {
    const observation = await observe(own, version);
    const [header, columns, ...rows] = transcriptText(observation, 10, false);
    expect(header).toBe("Trying TLS on mx1.mailhop.org[127.0.0.1] (10):");
    expect(columns).toBe("seconds   | test stage and result");
    expect(rows.map((row) => row.replace(/^\[\d{3}\.\d{3}\] \| /, ""))).toEqual(documented(cipher));
    const { verdict, encryption, authentication } = judge(observation);
    expect([verdict, encryption, authentication]).toEqual(["unverified", "strong", "self-signed"]);
  });

  it("is not verified by a good certificate for the name in its banner", async () => {
    const ca = await makeCa({ name: "Root" });
    const banners = await issue(ca, { names: ["inbound3.ore.mailhop.org"], key: "rsa2048" });
    const observation = await observe(banners, "TLSv1.3", createTlsKit(loadRoots({ extraPem: ca.certPem })));
    const rows = transcriptText(observation, 10, false).map((row) => row.slice("[000.000] | ".length));
    expect(rows).toContain("Cert VALIDATED: ok");
    expect(rows).toContain("Cert Hostname DOES NOT VERIFY (mx1.mailhop.org != inbound3.ore.mailhop.org)");
    expect(rows).toContain("So email is encrypted but the host is not verified");
    const { verdict, authentication } = judge(observation);
    expect([verdict, authentication]).toEqual(["unverified", "name-mismatch"]);
  });
});
