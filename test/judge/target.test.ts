import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAnswer, markOf } from "../../lib/judge/answer.ts";
import { judgeTarget, type Under } from "../../lib/judge/target.ts";
import type { Outcome } from "../../lib/model/observation.ts";
import {
  codes,
  encrypted,
  every,
  judge,
  look,
  losses,
  minute,
  observation,
  reply,
  severityOf,
  silences,
  under,
} from "./build.ts";

describe("only the server's own word is a loss (design rule 3)", () => {
  it.each<[string, Outcome, string[]]>([
    ["EHLO without STARTTLS", { kind: "starttls-absent", how: "absent" }, ["starttls.absent"]],
    ["EHLO unknown, HELO accepted", { kind: "starttls-absent", how: "helo-only" }, ["starttls.absent"]],
    ["XXXXXXXA", { kind: "starttls-absent", how: "masked" }, ["starttls.absent", "starttls.masked-in-path"]],
    ["5xx to STARTTLS", { kind: "starttls-refused", reply: reply(554, "no") }, ["starttls.refused"]],
    ["an alert to every hello", losses[4] as Outcome, ["tls.handshake-failed"]],
    ["a NULL suite", losses[5] as Outcome, ["tls.no-encryption"]],
  ])("%s is lost", (_, outcome, expected) => {
    const judged = judge(outcome);
    expect(judged.verdict).toBe("lost");
    expect(judged.encryption).toBe("none");
    for (const code of expected) {
      expect(codes(judged)).toContain(code);
      expect(severityOf(judged, code)).toBe("critical");
    }
  });

  it.each(silences.map((outcome) => [outcome.kind, outcome] as const))("%s is never lost", (_, outcome) => {
    const judged = judge(outcome);
    expect(judged.verdict).toBe("unknown");
    expect(judged.encryption).toBe("unknown");
    expect(judged.findings).toHaveLength(1);
    expect(judged.findings[0]?.severity).toBe("warning");
  });

  it.each<[string, Outcome, string]>([
    ["454 to STARTTLS", { kind: "starttls-not-now", reply: reply(454, "no") }, "starttls.temporarily-unavailable"],
    [
      "421 to STARTTLS",
      { kind: "temporarily-refused", stage: "starttls", reply: reply(421) },
      "starttls.temporarily-unavailable",
    ],
    ["421 for a banner", { kind: "temporarily-refused", stage: "banner", reply: reply(421) }, "unreachable"],
    ["554 for a banner", { kind: "refused-by-policy", stage: "banner", reply: reply(554) }, "refused-by-policy"],
    ["550 to EHLO", { kind: "refused-by-policy", stage: "ehlo", reply: reply(550) }, "refused-by-policy"],
    ["a private address", { kind: "forbidden", range: "10.0.0.0/8" }, "address.forbidden"],
    ["a time-out", { kind: "no-answer", stage: "connect", silence: "timeout" }, "unreachable"],
    ["a reset in the handshake", silences.at(-1) as Outcome, "unreachable"],
    ["what isn't SMTP", { kind: "not-smtp", line: "HTTP/1.1" }, "unreachable"],
    ["too much", { kind: "too-much", what: "plaintext" }, "unreachable"],
  ])("%s is called by its name", (_, outcome, code) => {
    expect(codes(judge(outcome))).toEqual([code]);
  });

  it("shows the lines that decided", () => {
    expect(
      judge({ kind: "refused-by-policy", stage: "ehlo", reply: reply(550, "5.7.1 blocked", "see bl.example") })
        .findings[0]?.evidence,
    ).toEqual(["550 5.7.1 blocked", "550 see bl.example"]);
    const offered = { before: { PIPELINING: "", XXXXXXXA: "", XXXB: "", XXXXXXXX: "" }, after: null };
    const masked = judge({ kind: "starttls-absent", how: "masked" }, {}, { capabilities: offered });
    expect(masked.findings.map(({ evidence }) => evidence)).toEqual([
      ["offered: PIPELINING, XXXXXXXA, XXXB, XXXXXXXX"],
      ["XXXXXXXA", "XXXXXXXX"],
    ]);
  });

  it("where IPv6 is refused says that the lack of a PTR may be why, and by IPv4 doesn't", () => {
    const refused: Outcome = { kind: "refused-by-policy", stage: "banner", reply: reply(554) };
    const consequenceAt = (address: string) =>
      judge(refused, {}, { target: { address, port: 25, tls: "starttls" } }).findings[0]?.consequence;
    expect(consequenceAt("2001:db8::25")).toContain("our address has no PTR record");
    expect(consequenceAt("192.0.2.25")).toBe("unknown: other senders may be served");
  });

  it("does not believe facts that are no answer", () => {
    const facts = observation({ kind: "no-answer", stage: "banner", silence: "timeout" });
    expect(judgeTarget({ ...look(encrypted()), facts }, under()).verdict).toBe("unknown");
  });
});

describe("answers and the ledger's marks", () => {
  it("tells answers from silence", () => {
    for (const outcome of losses) expect([isAnswer(outcome), markOf(outcome)]).toEqual([true, "clear"]);
    for (const outcome of silences) {
      expect([isAnswer(outcome), markOf(outcome)]).toEqual([
        false,
        outcome.kind === "forbidden" ? "not-tried" : "no-answer",
      ]);
    }
    expect([isAnswer(encrypted()), markOf(encrypted())]).toEqual([true, "tls"]);
  });
});

describe("strong TLS with proof", () => {
  it("is secure, and says nothing", () => {
    expect(judge(encrypted())).toEqual({
      verdict: "secure",
      encryption: "strong",
      authentication: "pkix",
      findings: [],
      lastKnown: null,
      counts: true,
    });
  });

  it("tells plaintext behind the 220 (CVE-2021-38371) without changing the verdict", () => {
    const judged = judge(encrypted(), {}, { leftover: "250 injected" });
    expect([judged.verdict, codes(judged)]).toEqual(["secure", ["starttls.response-injected"]]);
  });
});

describe("the last judged state is carried (design rule 2)", () => {
  const timeout: Outcome = { kind: "no-answer", stage: "connect", silence: "timeout" };
  const lost: Outcome = { kind: "starttls-absent", how: "absent" };

  it("nothing was seen yet: unknown without a word", () => {
    expect(judgeTarget(look(null), under())).toMatchObject({ verdict: "unknown", findings: [], counts: true });
  });

  it("holds for three intervals, with the failure beside it", () => {
    const judged = judgeTarget(look(encrypted(), timeout, 3 * every), under());
    expect([judged.verdict, judged.lastKnown, codes(judged)]).toEqual(["secure", null, ["unreachable"]]);
  });

  it("is stale afterwards, and what was known is shown", () => {
    const judged = judgeTarget(look(lost, timeout, 3 * every + 1), under());
    expect([judged.verdict, judged.lastKnown]).toEqual(["stale", "lost"]);
    expect(codes(judged)).toEqual(["starttls.absent", "unreachable"]);
  });

  it("is stale when we ourselves stopped looking, too", () => {
    expect(judgeTarget(look(encrypted(), null, 60 * minute), under())).toMatchObject({
      verdict: "stale",
      lastKnown: "secure",
    });
  });
  it("no silence makes a loss, and none heals one", () => {
    fc.assert(
      fc.property(fc.constantFrom(...silences), fc.integer({ min: 0, max: 100 * every }), (silence, age) => {
        const known = judgeTarget(look(encrypted(), silence, age), under());
        const broken = judgeTarget(look(lost, silence, age), under());
        expect(["secure", "stale"]).toContain(known.verdict);
        expect(["lost", "stale"]).toContain(broken.verdict);
        expect([known.lastKnown ?? known.verdict, broken.lastKnown ?? broken.verdict]).toEqual(["secure", "lost"]);
      }),
    );
  });
});

describe("refused from outside, as it should be (design rule 6)", () => {
  const refused: Outcome = { kind: "no-answer", stage: "connect", silence: "refused" };
  const policy: Outcome = { kind: "refused-by-policy", stage: "banner", reply: reply(554, "5.7.1 access denied") };
  const downstream = { hop: "downstream", outside: true } as const;

  it.each([
    ["a closed port", refused],
    ["554 for a banner", policy],
  ] as const)("%s on the downstream hop does not count", (_, outcome) => {
    const judged = judge(outcome, downstream);
    expect(judged).toMatchObject({ verdict: "unknown", counts: false });
    expect([codes(judged), severityOf(judged, "downstream.not-exposed")]).toEqual([["downstream.not-exposed"], "info"]);
  });

  it.each<[string, Outcome, Partial<Under>]>([
    ["from a vantage inside", refused, { hop: "downstream", outside: false }],
    ["on the gateway hop", policy, { hop: "gateway", outside: true }],
    ["by silence", { kind: "no-answer", stage: "connect", silence: "timeout" }, downstream],
  ])("counts %s", (_, outcome, changes) => {
    expect(judge(outcome, changes).counts).toBe(true);
  });

  it("counts where it was seen before: then it is down", () => {
    expect(judgeTarget(look(encrypted(), refused), under(downstream))).toMatchObject({
      verdict: "secure",
      counts: true,
    });
  });

  it("counts a private address whose port is closed: who dials it stands inside", () => {
    const target = { address: "127.0.0.1", port: 2525, tls: "starttls" } as const;
    expect(codes(judge(refused, downstream, { target }))).toEqual(["unreachable"]);
    expect(codes(judge(policy, downstream, { target }))).toEqual(["downstream.not-exposed"]);
  });
});
