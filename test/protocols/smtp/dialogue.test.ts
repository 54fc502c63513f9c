import { afterEach, describe, expect, it, test } from "vitest";
import type { Outcome } from "../../../lib/model/observation.ts";
import { lookAt } from "../../fakes/look.ts";
import { type FakeMailServer, type MailServerOptions, startMailServer } from "../../fakes/mail-server.ts";
import { binary } from "../../fakes/misbehaviour.ts";

let server: FakeMailServer | undefined;

async function start(options: MailServerOptions): Promise<FakeMailServer> {
  server = await startMailServer(options);
  return server;
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Polls until the server has nothing open any more. */
async function allClosed(of: FakeMailServer): Promise<void> {
  await expect.poll(() => of.open, { timeout: 20_000, interval: 5 }).toBe(0);
}

const reply = (code: number, ...lines: string[]) => ({ code, lines });

describe("a decent server", () => {
  it("is greeted, asked, encrypted, asked again, and taken leave of", async () => {
    const observation = await lookAt(await start({}));
    expect(observation.outcome.kind).toBe("encrypted");
    expect(observation.banner).toBe("mx.example ESMTP");
    expect(observation.capabilities.before).toMatchObject({ STARTTLS: "", SIZE: "52428800", VRFY: "" });
    expect(observation.capabilities.after).toMatchObject({ SIZE: "52428800", VRFY: "" });
    expect(observation.capabilities.after).not.toHaveProperty("STARTTLS");
    expect(server?.lines).toEqual(["EHLO probe.example", "STARTTLS", "EHLO probe.example", "QUIT"]);
    expect(server?.connections).toBe(1);
    expect(Object.keys(observation.timings)).toEqual([
      "connect",
      "banner",
      "ehlo",
      "starttls",
      "handshake",
      "ehlo-again",
      "quit",
    ]);
    const times = Object.values(observation.timings);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    if (server) await allClosed(server);
  });

  it("has every line both ways in the transcript, with its time", async () => {
    const { transcript } = await lookAt(await start({}));
    const lines = transcript.map((line) =>
      line.kind === "note"
        ? line.text
        : `${line.encrypted ? "~" : "-"}${line.kind === "sent" ? ">" : "<"} ${line.text}`,
    );
    expect(lines).toEqual([
      "-< 220 mx.example ESMTP",
      "-> EHLO probe.example",
      "-< 250-mx.example",
      "-< 250-PIPELINING",
      "-< 250-SIZE 52428800",
      "-< 250-VRFY",
      "-< 250-STARTTLS",
      "-< 250-ENHANCEDSTATUSCODES",
      "-< 250 8BITMIME",
      "-> STARTTLS",
      "-< 220 2.0.0 Ready to start TLS",
      "~> EHLO probe.example",
      "~< 250-mx.example",
      "~< 250-PIPELINING",
      "~< 250-SIZE 52428800",
      "~< 250-VRFY",
      "~< 250 8BITMIME",
      "~> QUIT",
      "~< 221 2.0.0 Bye",
    ]);
    expect(transcript.every(({ at }, i) => at >= (transcript[i - 1]?.at ?? 0))).toBe(true);
  });

  it("may greet in several lines, and late", async () => {
    const banner = ["220-mx.example", "220-no spam here", "220 ESMTP"];
    const observation = await lookAt(await start({ replies: { banner }, greetDelayMs: 150 }));
    expect(observation.outcome.kind).toBe("encrypted");
    expect(observation.banner).toBe("mx.example\nno spam here\nESMTP");
    expect(observation.timings.banner).toBeGreaterThanOrEqual(149);
  });

  it("may offer STARTTLS in its last line, in lower case", async () => {
    const ehlo = ["250-mx.example", "250 starttls"];
    expect((await lookAt(await start({ replies: { ehlo } }))).outcome.kind).toBe("encrypted");
  });

  it("may end its lines in bare line feeds", async () => {
    const banner = "220 mx.example\n";
    const options = { misbehave: { banner: { send: banner } } };
    expect((await lookAt(await start(options))).outcome.kind).toBe("encrypted");
  });

  it("is the same server whatever its banner says this time", async () => {
    const replies = {
      banner: (connection: number) => `220 backend${connection}.example ESMTP id ${connection * 7919}`,
    };
    const running = await start({ replies });
    const [first, second] = [await lookAt(running), await lookAt(running)];
    expect(first.banner).not.toBe(second.banner);
    expect(second.outcome).toEqual(first.outcome);
  });
});

describe("what stops the dialogue (RFC 5321 §3.1, RFC 3207 §4)", () => {
  const silentAfter = { timeoutMs: 300 };

  test.each<[string, MailServerOptions, Outcome, readonly string[]]>([
    [
      "554 for a banner refuses us",
      { replies: { banner: "554 5.7.1 blocked, see https://bl.example" } },
      { kind: "refused-by-policy", stage: "banner", reply: reply(554, "5.7.1 blocked, see https://bl.example") },
      ["QUIT"],
    ],
    [
      "421 for a banner asks us to come back",
      { replies: { banner: "421 4.7.0 too many" } },
      { kind: "temporarily-refused", stage: "banner", reply: reply(421, "4.7.0 too many") },
      [],
    ],
    [
      "450 for a banner too",
      { replies: { banner: "450 4.7.0 greylisted" } },
      { kind: "temporarily-refused", stage: "banner", reply: reply(450, "4.7.0 greylisted") },
      ["QUIT"],
    ],
    [
      "a reply of the wrong kind for a banner is no SMTP",
      { replies: { banner: "250 ok" } },
      { kind: "not-smtp", line: "250 ok" },
      [],
    ],
    [
      "another protocol's greeting ends the reading",
      { replies: { banner: "SSH-2.0-OpenSSH_9.2" } },
      { kind: "not-smtp", line: "SSH-2.0-OpenSSH_9.2" },
      [],
    ],
    [
      "550 to EHLO refuses us, and isn't followed by HELO",
      { replies: { ehlo: "550 5.7.1 bad name" } },
      { kind: "refused-by-policy", stage: "ehlo", reply: reply(550, "5.7.1 bad name") },
      ["EHLO probe.example", "QUIT"],
    ],
    ...["500", "502", "504"].map((code): [string, MailServerOptions, Outcome, readonly string[]] => [
      `${code} to EHLO and a HELO that is accepted: the server's own word`,
      { replies: { ehlo: `${code} unknown` } },
      { kind: "starttls-absent", how: "helo-only" },
      ["EHLO probe.example", "HELO probe.example", "QUIT"],
    ]),
    [
      "500 to EHLO and 550 to HELO refuses us",
      { replies: { ehlo: "500 unknown", helo: "550 go away" } },
      { kind: "refused-by-policy", stage: "ehlo", reply: reply(550, "go away") },
      ["EHLO probe.example", "HELO probe.example", "QUIT"],
    ],
    [
      "500 to EHLO and 450 to HELO is temporary",
      { replies: { ehlo: "500 unknown", helo: "450 later" } },
      { kind: "temporarily-refused", stage: "ehlo", reply: reply(450, "later") },
      ["EHLO probe.example", "HELO probe.example", "QUIT"],
    ],
    [
      "421 to EHLO asks us to come back, and isn't followed by HELO",
      { replies: { ehlo: "421 4.3.2 shutting down" } },
      { kind: "temporarily-refused", stage: "ehlo", reply: reply(421, "4.3.2 shutting down") },
      ["EHLO probe.example"],
    ],
    [
      "a second banner in place of the EHLO reply is no SMTP",
      { replies: { ehlo: "220 mx.example ESMTP" } },
      { kind: "not-smtp", line: "220 mx.example ESMTP" },
      ["EHLO probe.example"],
    ],
    [
      "no STARTTLS in the EHLO reply",
      { starttls: false },
      { kind: "starttls-absent", how: "absent" },
      ["EHLO probe.example", "QUIT"],
    ],
    [
      "XXXXXXXA in its place",
      { replies: { ehlo: ["250-mx.example", "250-SIZE", "250 XXXXXXXA"] } },
      { kind: "starttls-absent", how: "masked" },
      ["EHLO probe.example", "QUIT"],
    ],
    [
      "STARTTLS answered 502 is the server's own word",
      { replies: { starttls: "502 5.5.1 no" } },
      { kind: "starttls-refused", reply: reply(502, "5.5.1 no") },
      ["EHLO probe.example", "STARTTLS", "QUIT"],
    ],
    [
      "454 to STARTTLS is not now",
      { replies: { starttls: "454 4.7.0 TLS not available" } },
      { kind: "starttls-not-now", reply: reply(454, "4.7.0 TLS not available") },
      ["EHLO probe.example", "STARTTLS", "QUIT"],
    ],
    [
      "421 to STARTTLS asks us to come back",
      { replies: { starttls: "421 4.3.2 bye" } },
      { kind: "temporarily-refused", stage: "starttls", reply: reply(421, "4.3.2 bye") },
      ["EHLO probe.example", "STARTTLS"],
    ],
    [
      "250 to STARTTLS makes no sense",
      { replies: { starttls: "250 fine" } },
      { kind: "not-smtp", line: "250 fine" },
      ["EHLO probe.example", "STARTTLS"],
    ],
    [
      "two codes in one reply",
      { replies: { ehlo: ["250-mx.example", "220 STARTTLS"] } },
      { kind: "not-smtp", line: "220 STARTTLS" },
      ["EHLO probe.example"],
    ],
    [
      "an answer before the question",
      { replies: { banner: ["220 mx.example", "250 STARTTLS"] } },
      { kind: "not-smtp", line: "250 STARTTLS" },
      [],
    ],
    [
      "10 MB of one line",
      { misbehave: { banner: { flood: "220 x", bytes: 10_000_000 } } },
      { kind: "too-much", what: "line" },
      [],
    ],
    [
      "10 MB of continued lines",
      { misbehave: { ehlo: { flood: "250-x\r\n", bytes: 10_000_000 } } },
      { kind: "too-much", what: "lines" },
      ["EHLO probe.example"],
    ],
    [
      "10 MB of long lines",
      { misbehave: { ehlo: { flood: `250-${"x".repeat(1_000)}\r\n`, bytes: 10_000_000 } } },
      { kind: "too-much", what: "plaintext" },
      ["EHLO probe.example"],
    ],
  ])("%s", async (_name, options, outcome, lines) => {
    const running = await start(options);
    const observation = await lookAt(running);
    expect(observation.outcome).toEqual(outcome);
    await allClosed(running);
    expect(running.lines).toEqual(lines);
    expect(running.connections).toBe(1);
  });

  it("stops at binary, and tells the bytes printably", async () => {
    const { outcome } = await lookAt(await start({ misbehave: { banner: { send: binary } } }));
    expect(outcome.kind).toBe("not-smtp");
    if (outcome.kind === "not-smtp") expect(outcome.line).toMatch(/^\\x89\\xe2[\x20-\x7e]*…?$/);
  });

  test.each<["banner" | "ehlo" | "helo" | "starttls", MailServerOptions["replies"]]>([
    ["banner", {}],
    ["ehlo", {}],
    ["helo", { ehlo: "500 unknown" }],
    ["starttls", {}],
  ])("close, reset and silence at %s are nobody's word", async (moment, replies) => {
    const stage = moment === "helo" ? "ehlo" : moment;
    for (const [how, silence] of [
      ["close", "closed"],
      ["reset", "reset"],
      ["stall", "timeout"],
    ] as const) {
      // A reset that is there before the connect is noticed would be one at the connect.
      const greetDelayMs = 20;
      const running = await start({ ...(replies && { replies }), greetDelayMs, misbehave: { [moment]: how } });
      const { outcome } = await lookAt(running, how === "stall" ? silentAfter : {});
      expect(outcome).toEqual({ kind: "no-answer", stage, silence });
      await allClosed(running);
      await running.close();
    }
  });

  it("doesn't wait longer for a server that drips a byte now and then", async () => {
    const running = await start({ misbehave: { banner: { drip: "220 mx.example ESMTP ready\r\n", everyMs: 300 } } });
    const began = performance.now();
    const { outcome } = await lookAt(running, { timeoutMs: 3_000 });
    expect(outcome).toEqual({ kind: "no-answer", stage: "banner", silence: "timeout" });
    // Two thirds of the whole belong to the banner.
    expect(performance.now() - began).toBeLessThan(3_000);
    await allClosed(running);
  });

  it("ends as a whole when its time is over, however the stages share it", async () => {
    const running = await start({ replyDelayMs: 90 });
    const { outcome } = await lookAt(running, { timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: "no-answer", silence: "timeout" });
    await allClosed(running);
  });

  it.each<[string, MailServerOptions, Parameters<typeof lookAt>[1], string]>([
    [
      "silence",
      { misbehave: { "ehlo-again": "stall" } },
      { timeoutMs: 2_000 },
      "Server went silent over TLS (timeout)",
    ],
    ["a close", { misbehave: { "ehlo-again": "close" } }, {}, "Server went silent over TLS (closed)"],
    [
      "10 MB",
      { misbehave: { "ehlo-again": { flood: `250-${"x".repeat(1_000)}\r\n`, bytes: 10_000_000 } } },
      {},
      "Server sends too much over TLS (plaintext): reading stopped",
    ],
    [
      "no SMTP",
      { misbehave: { "ehlo-again": { send: "HTTP/1.1 200\r\n" } } },
      {},
      "Server does not speak SMTP over TLS",
    ],
    [
      "silence after RCPT",
      { misbehave: { rcpt: "reset" } },
      { envelope: { from: "a@example.net", to: "b@example.com" } },
      "Server went silent over TLS (reset)",
    ],
  ])("once encrypted, %s takes nothing from TLS and is noted", async (_name, options, request, note) => {
    const running = await start(options);
    const { outcome, transcript } = await lookAt(running, request);
    expect(outcome.kind).toBe("encrypted");
    expect(transcript.at(-1)).toMatchObject({ kind: "note", text: note });
    await allClosed(running);
  });

  it("tells who isn't there", async () => {
    const running = await start({});
    await running.close();
    expect((await lookAt(running)).outcome).toEqual({ kind: "no-answer", stage: "connect", silence: "refused" });
  });

  it("tells what must not be dialled, and doesn't", async () => {
    const running = await start({});
    const { outcome, timings } = await lookAt(running, { allowPrivate: false });
    expect(outcome.kind).toBe("forbidden");
    expect(timings).toEqual({});
    expect(running.connections).toBe(0);
  });

  it("never sends two lines for one, whatever the name to say is", async () => {
    const running = await start({ starttls: false });
    await lookAt(running, { ehloName: "probe.example\r\nMAIL FROM:<>" });
    expect(running.lines).toEqual(["EHLO probe.exampleMAIL FROM:<>", "QUIT"]);
  });

  it("tells of a slow greeting, and waits on", async () => {
    const running = await start({ greetDelayMs: 60 });
    let told = 0;
    const observation = await lookAt(running, { slowGreeting: { ms: 20, call: () => told++ } });
    expect(told).toBe(1);
    expect(observation.outcome.kind).toBe("encrypted");
  });
});
