import { describe, expect, it } from "vitest";
import { fingerprint } from "../../lib/judge/fingerprint.ts";
import type { Observation, Outcome } from "../../lib/model/observation.ts";
import { certificate, encrypted, leaf, losses, observation, reply, silences } from "./build.ts";

const of = (outcome: Outcome, changes: Partial<Observation> = {}) => fingerprint(observation(outcome, changes));

describe("what matters in an observation (design rule 10)", () => {
  it("is 12 characters that fit into any key", () => {
    expect(of(encrypted())).toMatch(/^[\w-]{12}$/);
  });

  it.each<[string, Partial<Observation>]>([
    ["the banner and its ids", { banner: "mx1.acme.example ESMTP id 4f8a" }],
    ["the time", { at: 1 }],
    ["timings", { timings: { connect: 900 } }],
    ["the transcript", { transcript: [{ at: 1, kind: "note", text: "x" }] }],
    ["which address of the pool answered", { target: { address: "192.0.2.9", port: 25, tls: "starttls" } }],
    ["an envelope tried on demand", { envelope: { mail: reply(250, "ok"), rcpt: null } }],
    [
      "the number behind SIZE",
      { capabilities: { before: { STARTTLS: "", PIPELINING: "", SIZE: "1" }, after: { SIZE: "1" } } },
    ],
    [
      "the order of keywords",
      { capabilities: { before: { PIPELINING: "", SIZE: "", STARTTLS: "" }, after: { SIZE: "" } } },
    ],
  ])("leaves out %s", (_, changes) => {
    expect(of(encrypted(), changes)).toBe(of(encrypted()));
  });

  it("leaves out what replies say, but not their codes", () => {
    const refused = (code: number, text: string) => of({ kind: "starttls-refused", reply: reply(code, text) });
    expect(refused(502, "id 1")).toBe(refused(502, "id 2"));
    expect(refused(502, "id 1")).not.toBe(refused(554, "id 1"));
  });

  it("leaves out the chain, which isn't read each time", () => {
    const entry = { sha256: "00", subject: "/CN=a", issuer: "/CN=b" };
    expect(of(encrypted({}, certificate({ chain: [entry, entry] })))).toBe(of(encrypted()));
  });

  it.each<[string, Outcome]>([
    ["protocol", encrypted({ protocol: "TLSv1.2" })],
    ["cipher", encrypted({ cipher: "TLS_AES_128_GCM_SHA256" })],
    ["group", encrypted({ group: "secp256r1" })],
    ["leaf", encrypted({}, certificate({ leaf: leaf({ sha256: "cd".repeat(32) }) }))],
    ["trust", encrypted({}, certificate({ trust: "self-signed" }))],
    ["no certificate", encrypted({}, null)],
  ])("tells another %s", (_, outcome) => {
    expect(of(outcome)).not.toBe(of(encrypted()));
  });

  it("tells keywords that came or went, AUTH's mechanisms, and leftover bytes", () => {
    const offers = (before: Record<string, string>) => of(encrypted(), { capabilities: { before, after: null } });
    expect(offers({ STARTTLS: "", DSN: "" })).not.toBe(offers({ STARTTLS: "" }));
    expect(offers({ AUTH: "PLAIN LOGIN" })).not.toBe(offers({ AUTH: "PLAIN" }));
    expect(offers({ AUTH: "PLAIN LOGIN" })).toBe(offers({ AUTH: "LOGIN PLAIN" }));
    expect(of(encrypted(), { leftover: "250 injected" })).not.toBe(of(encrypted()));
  });

  it("tells all losses from each other, from TLS, and from every silence", () => {
    const all = [encrypted(), ...losses].map((outcome) => of(outcome));
    expect(new Set(all).size).toBe(all.length);
    for (const silence of silences) expect(all).not.toContain(of(silence));
  });

  it("does not flutter between one silence and the next", () => {
    const silent = (stage: "connect" | "banner" | "ehlo", silence: "timeout" | "reset" | "refused" | "closed") =>
      of({ kind: "no-answer", stage, silence });
    expect(silent("connect", "timeout")).toBe(silent("connect", "reset"));
    expect(silent("banner", "timeout")).toBe(silent("ehlo", "closed"));
    // A closed port is another matter: from outside it is as it should be.
    expect(silent("connect", "refused")).not.toBe(silent("connect", "timeout"));
  });
});
