import { describe, expect, it } from "vitest";
import { needId } from "../../lib/judge/need-id.ts";
import { votesOf } from "../../lib/judge/votes.ts";
import type { RequirementLevel } from "../../lib/model/customer.ts";
import type { IncidentClass } from "../../lib/model/incident.ts";
import type { Outcome } from "../../lib/model/observation.ts";
import type { Need, RosterEntry } from "../../lib/model/roster.ts";
import type { TargetLook } from "../../lib/model/status.ts";
import { certificate, day, encrypted, leaf, look, losses, mx, now, reply, requirement, silences } from "./build.ts";

const need = (level: RequirementLevel, changes: Partial<Need> = {}): Need => ({
  hop: "gateway",
  require: requirement({}, level),
  customers: 1,
  customer: "acme",
  alarms: true,
  enforced: false,
  ...changes,
});

const entry = (...needs: Need[]): RosterEntry => ({
  target: { address: "93.184.215.14", port: 25, tls: "starttls" },
  names: [{ name: mx, since: 1 }],
  vantage: "here",
  outside: true,
  allowPrivate: false,
  needs,
  beside: [],
  since: 1,
});

const votes = (seen: TargetLook, of: RosterEntry) => votesOf(seen, of, { now });
/** `cleartext: bad` for every vote. */
const words = (seen: TargetLook, of: RosterEntry) =>
  Object.fromEntries(votes(seen, of).map((vote) => [vote.class, vote.answer]));
const vote = (seen: TargetLook, of: RosterEntry, cls: IncidentClass) =>
  votes(seen, of).find((one) => one.class === cls);

const selfSigned = encrypted({}, certificate({ trust: "self-signed" }));
const weak = encrypted({ protocol: "TLSv1" });
const lost: Outcome = { kind: "starttls-absent", how: "absent" };
const timeout: Outcome = { kind: "no-answer", stage: "connect", silence: "timeout" };
const notNow: Outcome = { kind: "starttls-not-now", reply: reply(454, "not now") };

describe("what a look means to each class", () => {
  it("good TLS is good to all that applies", () => {
    expect(words(look(encrypted()), entry(need("verified")))).toEqual({
      cleartext: "good",
      weak: "good",
      unauthenticated: "good",
      expiring: "good",
      unreachable: "good",
      "temporarily-unavailable": "good",
    });
  });

  it.each(losses.map((outcome) => [outcome.kind, outcome] as const))("%s is bad to cleartext alone", (_, outcome) => {
    expect(words(look(outcome), entry(need("verified")))).toEqual({
      cleartext: "bad",
      weak: "none",
      unauthenticated: "none",
      unreachable: "good",
      "temporarily-unavailable": "good",
    });
  });

  it("below the floor is bad to weak, and good to cleartext", () => {
    expect(words(look(weak), entry(need("tls")))).toMatchObject({ cleartext: "good", weak: "bad" });
  });

  it.each(silences.map((outcome) => [outcome.kind, outcome] as const))(
    "%s is neither good nor bad to what needs an answer",
    (_, outcome) => {
      const said = words(look(encrypted(), outcome), entry(need("verified")));
      for (const cls of ["cleartext", "weak", "unauthenticated"]) expect(said[cls] ?? "none").toBe("none");
    },
  );

  it.each<[string, Outcome, string | undefined, string | undefined]>([
    ["a time-out", timeout, "bad", "none"],
    ["a refusal of us", { kind: "refused-by-policy", stage: "ehlo", reply: reply(550) }, "bad", "none"],
    ["421 for a banner", { kind: "temporarily-refused", stage: "banner", reply: reply(421) }, "bad", "none"],
    ["454", notNow, "good", "bad"],
    ["421 to STARTTLS", { kind: "temporarily-refused", stage: "starttls", reply: reply(421) }, "good", "bad"],
    ["an address that we don't dial", { kind: "forbidden", range: "10.0.0.0/8" }, undefined, undefined],
  ])("%s: unreachable and temporarily unavailable", (_, outcome, unreachable, unavailable) => {
    const said = words(look(encrypted(), outcome), entry(need("tls")));
    expect([said.unreachable, said["temporarily-unavailable"]]).toEqual([unreachable, unavailable]);
  });

  it("what we have no way to is not called unreachable: our limit, not theirs", () => {
    const unrouted: Outcome = { kind: "no-answer", stage: "connect", silence: "network-unreachable" };
    expect(words(look(null, unrouted), entry(need("tls"))).unreachable).toBeUndefined();
  });

  it("refused from outside as it should be is not unreachable", () => {
    const refused: Outcome = { kind: "no-answer", stage: "connect", silence: "refused" };
    const downstream = entry(need("tls", { hop: "downstream" }));
    expect(words(look(null, refused), downstream).unreachable).toBeUndefined();
    expect(words(look(null, refused), { ...downstream, vantage: "inside", outside: false }).unreachable).toBe("bad");
    expect(words(look(encrypted(), refused), downstream).unreachable).toBe("bad");
  });

  it("nothing seen yet says nothing", () => {
    expect(votes(look(null), entry(need("tls")))).toEqual([]);
  });
});

describe("require decides alarms, not verdicts", () => {
  it("a self-signed server under `tls` is no alarm", () => {
    expect(words(look(selfSigned), entry(need("tls")))).toEqual({
      cleartext: "good",
      weak: "good",
      unreachable: "good",
      "temporarily-unavailable": "good",
    });
    expect(words(look(selfSigned), entry(need("verified"))).unauthenticated).toBe("bad");
  });

  it("`none`, and a hop whose TLS mode is disabled, never alarm", () => {
    expect(votes(look(lost), entry(need("none")))).toEqual([]);
    expect(votes(look(lost), entry(need("tls", { alarms: false })))).toEqual([]);
  });

  it("the name that fails is named", () => {
    const wrong = encrypted({}, certificate({ leaf: leaf({ dnsNames: ["other.example"] }) }));
    const bad = vote(look(wrong), entry(need("verified")), "unauthenticated");
    expect(bad?.context).toMatchObject({ host: mx, severity: "warning" });
    expect(bad?.context.findings.map(({ code }) => code)).toEqual(["cert.name-mismatch"]);
  });

  it("a further name says nothing before it was looked at by itself", () => {
    const two = { ...entry(need("verified")), names: [mx, "mx.other.example"].map((name) => ({ name, since: 1 })) };
    const seen = look(encrypted());
    expect(words(seen, two).unauthenticated).toBe("good");
    const shown = { ...seen, names: new Map([["mx.other.example", certificate()]]) };
    expect(vote(shown, two, "unauthenticated")).toMatchObject({ answer: "bad", context: { host: "mx.other.example" } });
    // Who uses the other name is well.
    expect(vote(shown, two, "unauthenticated")?.context.names).toEqual(["mx.other.example"]);
  });
});

describe("several needs behind one target", () => {
  it("only those that suffer are counted, and the strictest gives the hop", () => {
    const strict = need("verified", { hop: "downstream", customers: 2, customer: null });
    const seen = vote(
      look(selfSigned),
      entry(need("tls", { customers: 7, customer: null }), strict),
      "unauthenticated",
    );
    expect(seen?.context).toMatchObject({ hop: "downstream", customers: 2, customer: null });
    const all = vote(look(lost), entry(need("tls", { customers: 7, customer: null }), strict), "cleartext");
    expect(all?.context).toMatchObject({ hop: "downstream", customers: 9, customer: null });
  });

  it("a stricter floor suffers alone", () => {
    const strict = need("tls", { customer: "strict", require: requirement({ protocol: "TLSv1.3" }) });
    const seen = vote(look(encrypted({ protocol: "TLSv1.2" })), entry(need("tls"), strict), "weak");
    expect(seen).toMatchObject({ answer: "bad", context: { customers: 1, customer: "strict" } });
    expect(seen?.context.findings.map(({ code }) => code)).toEqual(["tls.protocol-weak"]);
  });

  it("one customer with two wishes is one customer", () => {
    const seen = vote(look(lost), entry(need("tls"), need("tls", { hop: "downstream" })), "cleartext");
    expect(seen?.context).toMatchObject({ customers: 1, customer: "acme" });
  });
});

describe("what happens to the mail", () => {
  const insists = (customer: string) => need("tls", { hop: "downstream", customer, enforced: true });
  const consequences = (seen: TargetLook, of: RosterEntry, cls: IncidentClass) =>
    vote(seen, of, cls)?.context.findings.map(({ consequence }) => consequence);

  it("goes in clear unless all senders enforce TLS: then it queues", () => {
    expect(consequences(look(lost), entry(need("tls")), "cleartext")).toEqual(["mail goes in clear"]);
    expect(consequences(look(lost), entry(insists("a"), need("tls")), "cleartext")).toEqual(["mail goes in clear"]);
    expect(consequences(look(lost), entry(insists("a"), insists("b")), "cleartext")).toEqual([
      "mail queues and bounces",
    ]);
  });

  it("waits at a 454 where TLS is enforced", () => {
    expect(consequences(look(null, notNow), entry(insists("a")), "temporarily-unavailable")).toEqual([
      "mail queues until it passes",
    ]);
  });
});

describe("never offered", () => {
  it("is told where no TLS was ever agreed", () => {
    expect(vote(look(lost), entry(need("tls")), "cleartext")?.context).toMatchObject({
      neverOffered: true,
      severity: "critical",
    });
    const before = { ...look(lost), everEncrypted: true };
    expect(vote(before, entry(need("tls")), "cleartext")?.context.neverOffered).toBe(false);
  });
});

describe("a certificate near its end", () => {
  const dated = (notAfter: number, trust: "trusted" | "self-signed" = "trusted") =>
    look(encrypted({}, certificate({ trust, leaf: leaf({ notAfter }) })));

  it("is its own subject, a warning until its end and critical after", () => {
    const soon = vote(dated(now + day), entry(need("verified")), "expiring");
    expect(soon).toMatchObject({ subject: "ab".repeat(32), answer: "bad", context: { severity: "warning" } });
    const over = votes(dated(now - 1), entry(need("verified")));
    expect(over.find((one) => one.class === "expiring")).toMatchObject({
      answer: "bad",
      context: { severity: "critical" },
    });
    // One cause, one alarm: its end is the only thing wrong with it.
    expect(over.find((one) => one.class === "unauthenticated")?.answer).toBe("good");
  });

  it("is nobody's business under `tls`, or where the certificate proves nothing anyway", () => {
    expect(words(dated(now + day), entry(need("tls"))).expiring).toBeUndefined();
    expect(words(dated(now + day, "self-signed"), entry(need("verified")))).toMatchObject({ unauthenticated: "bad" });
    expect(words(dated(now + day, "self-signed"), entry(need("verified"))).expiring).toBeUndefined();
  });
});

describe("whose wishes suffer, of several customers", () => {
  it("is said by their ids; of a single customer it is that one", () => {
    const strict = need("verified", { customer: null, customers: 2 });
    const lax = need("tls", { customer: null, customers: 5 });
    const seen = look(selfSigned);
    expect(vote(seen, entry(strict, lax), "unauthenticated")?.context).toMatchObject({
      customers: 2,
      customer: null,
      needs: [needId(strict)],
    });
    expect(vote(look(lost), entry(strict, lax), "cleartext")?.context.needs).toEqual([needId(strict), needId(lax)]);
    expect(vote(seen, entry(need("verified"), lax), "unauthenticated")?.context).not.toHaveProperty("needs");
    expect(needId(strict)).not.toBe(needId(lax));
    expect(needId(strict)).toBe(needId(need("verified", { customer: "globex" })));
  });
});
