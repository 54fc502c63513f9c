import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Alert, incidentClasses } from "../../lib/model/incident.ts";
import { collectedOf } from "../../lib/steps/words/collected.ts";
import { digestOf } from "../../lib/steps/words/digest.ts";
import { shown } from "../../lib/steps/words/escape.ts";
import { draftOf } from "../../lib/steps/words/letter.ts";
import { sampleAlerts } from "../../lib/steps/words/samples.ts";
import { span } from "../../lib/steps/words/time.ts";
import { channelName } from "../../lib/world/channels/post.ts";
import { alert, context, noon } from "../fakes/causes.ts";

const minute = 60_000;
const gsm7 = /^[A-Za-z0-9 @$_!"#%&'()*+,\-./:;<=>?]*$/;

const read = (over: Partial<Alert> = {}, baseUrl: string | null = null) => draftOf(alert(over), baseUrl);

describe("a message of a lost hop", () => {
  it("reads so", () => {
    expect(read({}, "https://status.example")).toMatchObject({
      id: "CM-7F3A·1",
      subject: "[CM-7F3A.1] TLS lost: mx1.gateway.example, cleartext, 3 customers",
      sms: "CM-7F3A.1 TLS lost: mx1.gateway.example, cleartext, 3 customers, since 2026-11-24 12:00:00 UTC",
      attributes: {
        class: "cleartext",
        kind: "opened",
        severity: "critical",
        hop: "gateway",
        incident: "CM-7F3A",
      },
      text: `mx1.gateway.example (192.0.2.1:25) no longer offers TLS.

Since:     2026-11-24 12:00:00 UTC
Hop:       internet to gateway
Customers: 3
Effect:    mail goes in clear

What was found:
  starttls.absent (critical)
    offered: SIZE 52428800

The decisive lines:
  0.021 <-- 220 mx1.gateway.example ESMTP
  0.043 <-- 250 SIZE 52428800

What to do:
  Switch STARTTLS on in the mail server.

Incident CM-7F3A, message 1, 2026-11-24 12:01:00 UTC
https://status.example/incidents/CM-7F3A
`,
    });
  });

  it("tells a certificate by the beginning of its digest", () => {
    const expiring = read({ class: "expiring", subject: "02".repeat(32) });
    expect(expiring.text).toMatch(/^mx1\.gateway\.example \(SHA-256 020202020202\.\.\.\) shows a certificate that/);
    expect(expiring.event.subject).toBe("02".repeat(32));
  });

  it("says 'has never offered TLS' where it never did", () => {
    const never = read({ context: { ...context, neverOffered: true } });
    expect(never.subject).toBe("[CM-7F3A.1] TLS never offered: mx1.gateway.example, cleartext, 3 customers");
    expect(never.text).toContain("mx1.gateway.example (192.0.2.1:25) has never offered TLS, and is required to.");
  });

  it("gives the rate of one that shows at times, and calls it intermittent", () => {
    const sometimes = read({ form: "intermittent", rate: { bad: 3, of: 24 } });
    expect(sometimes.text).toContain("3 of 24 sessions offered no TLS.");
    expect(sometimes.event.class).toBe("intermittent");
    expect(sometimes.attributes.class).toBe("intermittent");
  });

  describe("that only some vantages see", () => {
    const slot = { slice: 1, slot: 0, vantage: "eu2" };
    const beside = [
      { vantage: "here", answer: "good", lines: ["0.043 <-- 250 STARTTLS"] },
      { vantage: "us1", answer: "good", lines: ["0.050 <-- 250 STARTTLS"] },
    ] as const;
    const partial = read({ form: "partial", context: { ...context, slot, beside } });

    it("says from where it is so and from where not, and calls it partial", () => {
      expect(partial.subject).toBe("[CM-7F3A.1] TLS lost from some places: mx1.gateway.example, partial, 3 customers");
      expect(partial.text).toContain(
        "does not look alike from everywhere: from eu2 sessions offered no TLS, from here, us1 they are as required.",
      );
      expect(partial.event.class).toBe("partial");
    });

    it("shows the transcripts one after the other", () => {
      expect(partial.text).toContain(`Seen from eu2:
  0.021 <-- 220 mx1.gateway.example ESMTP
  0.043 <-- 250 SIZE 52428800

Seen from here:
  0.043 <-- 250 STARTTLS

Seen from us1:
  0.050 <-- 250 STARTTLS
`);
    });

    it("says no more than it knows where an old message names no vantage", () => {
      const old = read({ form: "partial" });
      expect(old.text).toContain("from some places sessions offered no TLS, from others they are as required.");
      expect(old.text).toContain("The decisive lines:");
    });
  });

  it("a reminder says whose acknowledgement has lapsed, escaped", () => {
    const week = 7 * 1440 * minute;
    const lapsed = { by: "ada\n<b>", at: noon };
    expect(read({ kind: "reminder", at: noon + week, lapsed }).text).toContain(
      "It was acknowledged by ada\\u{a}<b> on 2026-11-24 12:00:00 UTC; after 7 d that has lapsed.",
    );
  });

  it("names the customer where it is one customer's alone, and leads to its page", () => {
    const own = read({ context: { ...context, customers: 1, customer: "acme" } }, "https://status.example");
    expect(own.text).toContain("Customers: 1 (acme)");
    expect(own.text).toContain("https://status.example/customers/acme\n");
    expect(own.attributes.customer).toBe("acme");
  });

  it("says how long it was when it is over, and asks for nothing", () => {
    const over = read({ kind: "recovered", id: "CM-7F3A·2", at: noon + 9 * minute });
    expect(over.subject).toBe("[CM-7F3A.2] Recovered: mx1.gateway.example, cleartext, 3 customers");
    expect(over.text).toContain(
      "offers TLS again. It lasted 9 min, from 2026-11-24 12:00:00 UTC to 2026-11-24 12:09:00",
    );
    expect(over.text).not.toContain("What to do");
    expect(over.sms).toContain("after 9 min");
  });

  it("doesn't call it a recovery when the target is no longer in use", () => {
    const gone = read({ kind: "gone" });
    expect(gone.subject).toContain("No longer in use or required");
    expect(gone.text).toContain("That is not a recovery");
  });

  it("tells worse, reminders and flapping apart from the first message", () => {
    expect(read({ kind: "worse" }).subject).toContain("Worse, TLS lost");
    expect(read({ kind: "reminder", at: noon + 1440 * minute }).text).toContain("Still so after 1 d:");
    expect(read({ kind: "flapping" }).text).toContain("It comes and goes");
  });

  it("is one JSON value with what a machine needs", () => {
    const { event, text } = read();
    expect(event).toEqual({
      id: "CM-7F3A·1",
      incident: "CM-7F3A",
      incidents: ["CM-7F3A"],
      kind: "opened",
      class: "cleartext",
      drill: false,
      severity: "critical",
      subject: "192.0.2.1:25",
      host: "mx1.gateway.example",
      hop: "gateway",
      customers: 3,
      customer: null,
      since: "2026-11-24T12:00:00.000Z",
      at: "2026-11-24T12:01:00.000Z",
      url: null,
      text,
    });
  });
});

describe("a subject line", () => {
  it("is less than 100 printable ASCII characters, whatever the host, and keeps the end of a long name", () => {
    const host = `${"a".repeat(63)}.${"b".repeat(63)}.mail.example`;
    const { subject } = read({ context: { ...context, host } });
    expect(subject.length).toBeLessThan(100);
    expect(subject).toContain("bb.mail.example, cleartext, 3 customers");
  });

  it.each([
    channelName("slack", "https://hooks.slack.com/services/T0/B0/secret"),
    "smtp:ops+night@gateway.example",
    "sms:+4915112345678",
    "sns:email:it@acme.example",
    "[2001:db8::1]:25",
  ])("names %s, where nothing else does", (subject) => {
    const { subject: line, text } = read({ class: "deaf", subject, context: { ...context, host: subject, hop: null } });
    expect(line.replaceAll(/[()]/g, (bracket) => (bracket === "(" ? "[" : "]"))).toContain(subject);
    expect(text).toContain(subject);
  });

  it("never takes words from the wire", () => {
    const text = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(text, text, fc.constantFrom(...incidentClasses), (host, line, cls) => {
        const wire = { ...context, host, lines: [line], customer: null };
        const draft = draftOf(alert({ class: cls, context: wire, subject: line }), null);
        expect(draft.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(draft.sms.length).toBeLessThanOrEqual(140);
        expect(draft.sms).toMatch(gsm7);
        expect(draft.text).toMatch(/^[\x20-\x7e\n]*$/);
      }),
    );
  });
});

describe("an SMS", () => {
  it("keeps to GSM-7's basic table, where brackets have no place", () => {
    const { sms } = read({ subject: "[2001:db8::25]:25", context: { ...context, host: "2001:db8::25" } });
    expect(sms).toMatch(gsm7);
    expect(sms).toContain("(2001:db8::25):25");
  });
});

describe("what came from the wire", () => {
  it.each([
    ["250 ok\r\nBcc: all@example.net", "250 ok\\u{d}\\u{a}Bcc: all@example.net"],
    ["\u001b[31mred", "\\u{1b}[31mred"],
    ["visit https://evil.example/x now", "visit hxxps[:]//evil.example/x now"],
    ["www.evil.example", "www[.]evil.example"],
    ["pаypal", "p\\u{430}ypal"],
    ["mailto:x@evil.example", "mailto[:]x@evil.example"],
  ])("%j is shown as %j", (wire, safe) => {
    expect(shown(wire)).toBe(safe);
  });

  it("is cut to a line's length", () => {
    expect(shown("x".repeat(100_000))).toBe(`${"x".repeat(197)}...`);
  });

  it("is cut in lines and findings too: the page has them all", () => {
    const [one] = context.findings;
    if (one === undefined) throw new Error("no finding");
    const findings = Array.from({ length: 40 }, () => ({ ...one, evidence: Array(40).fill("line") }));
    const { text } = read({ context: { ...context, findings, lines: Array(40).fill("line") } });
    expect(text.split("\n").length).toBeLessThan(60);
  });
});

describe("a digest", () => {
  const never = (index: number, customers = 2): Alert =>
    alert({
      id: `CM-000${index}·1`,
      incident: `CM-000${index}`,
      subject: `192.0.2.${index}:25`,
      context: { ...context, neverOffered: true, customers, host: `mx${index}.example` },
    });

  it("names each target, whose it is and its incident", () => {
    const draft = digestOf([never(1), never(2)], "https://status.example");
    expect(draft.subject).toBe("[CM-0001.1] TLS never offered: 2 targets, cleartext, at most 4 customers");
    expect(draft.text).toContain("  mx2.example (192.0.2.2:25), internet to gateway, 2 customers, CM-0002");
    expect(draft.text).toContain("found 2 targets that have never offered TLS, and are required to.");
    expect(draft.text).toContain("https://status.example/incidents\n");
    expect(draft.sms.length).toBeLessThanOrEqual(140);
    expect(draft.sms).toMatch(gsm7);
    expect(draft.event).toMatchObject({
      incidents: ["CM-0001", "CM-0002"],
      kind: "opened",
      class: "cleartext",
      subject: "192.0.2.1:25 192.0.2.2:25",
      customers: 4,
      customer: null,
    });
  });

  it("tells what happens to whose mail where it isn't the same for all", () => {
    const consequence = "mail queues and bounces";
    const findings = context.findings.map((found) => ({ ...found, consequence }));
    const enforced = { ...never(2), context: { ...never(2).context, findings } };
    const { text } = digestOf([never(1), enforced], null);
    expect(text).toContain("Effect:    mail goes in clear, or mail queues and bounces\n");
    expect(text).toContain("2 customers, CM-0001: mail goes in clear\n");
    expect(text).toContain("2 customers, CM-0002: mail queues and bounces\n");
    expect(digestOf([never(1), never(3)], null).text).toContain("Effect:    mail goes in clear\n");
  });

  it("of one is worded as it would be alone", () => {
    expect(digestOf([never(1)], null)).toEqual(draftOf(never(1), null));
  });

  it("of a whole fleet stays a message that can be sent", () => {
    const many = Array.from({ length: 5000 }, (_, index) => never(index));
    const draft = digestOf([never(1), ...many], null);
    expect(draft.text).toContain("and 4801 more");
    expect(JSON.stringify(draft).length).toBeLessThan(100_000);
  });
});

describe("an end that took the place of the beginning", () => {
  const end = (over: Partial<Alert> = {}) =>
    read({ id: "CM-7F3A·2", kind: "recovered", at: noon + 9 * minute, merged: true, ...over });

  it("reads so", () => {
    const draft = end();
    expect(draft.subject).toBe("[CM-7F3A.2] Over, TLS lost: mx1.gateway.example, cleartext, 3 customers");
    expect(draft.sms).toBe("CM-7F3A.2 Over, TLS lost: mx1.gateway.example, cleartext, 3 customers, after 9 min");
    expect(draft.text.split("\n")[0]).toBe(
      "mx1.gateway.example (192.0.2.1:25) was without TLS from 2026-11-24 12:00:00 UTC to 2026-11-24 12:09:00 UTC (9 min), and that is over: it offers TLS again. No message of its beginning reached you.",
    );
  });

  it("says so of what shows at times, and of what is no longer in use", () => {
    expect(end({ form: "intermittent", rate: { bad: 3, of: 24 } }).text).toContain(
      "was without TLS at times from 2026",
    );
    expect(end({ kind: "gone" }).text).toContain("That is not a recovery");
    expect(end({ kind: "gone" }).text).toContain("No message of its beginning reached you.");
  });

  it("has words for every class, short enough for a subject line and an SMS", () => {
    for (const cls of incidentClasses) {
      const draft = end({ class: cls, context: { ...context, host: `${"m".repeat(200)}.example` } });
      expect(draft.subject.length).toBeLessThanOrEqual(99);
      expect(draft.sms.length).toBeLessThanOrEqual(140);
      expect(draft.sms).toMatch(gsm7);
    }
  });
});

describe("what came at once", () => {
  const one = (index: number, over: Partial<Alert> = {}): Alert =>
    alert({
      id: `CM-00${index}·1`,
      incident: `CM-00${index}`,
      subject: `192.0.2.${index}:25`,
      context: { ...context, host: `mx${index}.example` },
      ...over,
    });
  const mixed = [
    one(1),
    one(2, { id: "CM-002·2", kind: "recovered", at: noon + 9 * minute, merged: true }),
    one(3, { kind: "escalated", context: { ...context, host: "mx3.example", severity: "warning", customers: 2 } }),
  ] as const;

  it("reads so", () => {
    expect(collectedOf(mixed, "https://status.example")).toMatchObject({
      id: "CM-001·1+2",
      subject: "[CM-001.1+2] 3 messages: 1 opened, 1 still open, 1 over",
      sms: "CM-001.1+2 3 messages: 1 opened, 1 still open, 1 over, at most 8 customers",
      attributes: {
        class: ["cleartext"],
        kind: ["opened", "recovered", "escalated"],
        severity: ["critical", "warning"],
        hop: ["gateway"],
      },
      text: `3 messages: 1 opened, 1 still open, 1 over. They came so close together that you get them as one.

  CM-001.1 TLS lost: mx1.example (192.0.2.1:25), cleartext, 3 customers, since 2026-11-24 12:00:00 UTC
  CM-002.2 Over, TLS lost: mx2.example (192.0.2.2:25), cleartext, 3 customers, after 9 min
  CM-003.1 Nobody acknowledged, TLS lost: mx3.example (192.0.2.3:25), cleartext, 2 customers, since 2026-11-24 12:00:00 UTC

https://status.example/incidents
`,
    });
  });

  it("tells machines of each message, in order", () => {
    const { event } = collectedOf(mixed, null);
    expect(event.messages?.map(({ id, kind }) => [id, kind])).toEqual([
      ["CM-001·1", "opened"],
      ["CM-002·2", "recovered"],
      ["CM-003·1", "escalated"],
    ]);
    expect(event).toMatchObject({ incidents: ["CM-001", "CM-002", "CM-003"], customers: 8, customer: null });
  });

  it("has no id that one of them has alone, nor another selection", () => {
    const selections = [mixed.slice(0, 1), mixed.slice(0, 2), mixed];
    const ids = selections.map(([first = one(1), ...rest]) => collectedOf([first, ...rest], null).id);
    expect(ids).toEqual(["CM-001·1", "CM-001·1+1", "CM-001·1+2"]);
  });

  it("of one is worded as it would be alone", () => {
    expect(collectedOf([one(1)], null)).toEqual(draftOf(one(1), null));
  });

  it("names the customer where all concern one, and marks a drill that is nothing else", () => {
    const own = (index: number) => one(index, { context: { ...context, customers: 1, customer: "acme" } });
    expect(collectedOf([own(1), own(2)], null).attributes).toMatchObject({ customer: "acme" });
    expect(collectedOf([own(1), one(2)], null).attributes).not.toHaveProperty("customer");
    const drills = [one(1, { subject: "drill:acme" }), one(2, { subject: "drill:acme" })] as const;
    expect(collectedOf(drills, null).subject).toMatch(/^\[DRILL\] /);
    expect(collectedOf([drills[0], one(2)], null).text).toContain("  DRILL CM-001.1 ");
  });

  it("can't be broken out of by a name, and stays a message that can be sent", () => {
    const hostile = one(1, { context: { ...context, host: "<!channel>\r\nBcc: x@x.example" } });
    const many = Array.from({ length: 99 }, () => ({ ...hostile, subject: `${"a".repeat(250)}.example` }));
    const draft = collectedOf([hostile, ...many], null);
    expect(draft.subject.length).toBeLessThanOrEqual(99);
    expect(draft.sms.length).toBeLessThanOrEqual(140);
    expect(draft.sms).toMatch(/^[\x20-\x7e]*$/);
    expect(draft.text).not.toContain("<!channel>");
    expect(draft.text).not.toContain("\r");
    expect(JSON.stringify(draft).length).toBeLessThan(150_000);
  });
});

describe("samples for notify --test", () => {
  it("are one of each kind, and can't be taken for real ones", () => {
    const samples = sampleAlerts(noon);
    const kinds = ["opened", "worse", "reminder", "escalated", "flapping", "recovered", "gone"];
    expect(samples.map(({ kind }) => kind)).toEqual(kinds);
    expect(samples.every(({ incident, context: { host } }) => incident === "CM-TEST" && host.includes("sample"))).toBe(
      true,
    );
    expect(new Set(samples.map(({ id }) => id)).size).toBe(samples.length);
  });
});

describe("a span", () => {
  it.each([
    [999, "0 s"],
    [45_000, "45 s"],
    [8 * minute + 59_000, "8 min"],
    [125 * minute, "2 h 5 min"],
    [120 * minute, "2 h"],
    [76 * 60 * minute, "3 d 4 h"],
  ])("%d ms is %s", (ms, words) => expect(span(ms)).toBe(words));
});
