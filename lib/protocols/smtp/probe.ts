/** The light probe: one target, one look, one Observation. */

import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import type { HelloAttempt, Observation, Outcome } from "../../model/observation.ts";
import type { Dialler } from "../../model/ports.ts";
import { Deadline } from "../deadline.ts";
import { printable } from "../printable.ts";
import { bareHandshake } from "../tls/bare.ts";
import { handshake } from "../tls/handshake.ts";
import { farewell, starttls, untilStarttls } from "./dialogue.ts";
import { onceEncrypted } from "./encrypted.ts";
import { Journal } from "./journal.ts";
import { SmtpLine } from "./line.ts";
import type { LightProbe, Look, ProbeClock } from "./look.ts";
import { plaintextBudget } from "./reply.ts";
import { stageLimits } from "./stages.ts";

export type { LightProbe, ProbeClock } from "./look.ts";

/**
 * Connects, waits for the banner, says EHLO and STARTTLS, makes the handshake, says EHLO again and QUIT.
 *
 * Where the handshake fails it is tried again on a new connection with a smaller hello, and then with a bare hello
 * that offers what our own TLS library can't: what we lack isn't blamed on the server. One connection at a time.
 * Never rejects for anything that the wire does, and leaves no socket open.
 */
export async function probeTarget(request: LightProbe, dial: Dialler, clock: ProbeClock): Promise<Observation> {
  const look: Look = {
    request,
    clock,
    journal: new Journal(clock.monotonic, request.sni?.replace(/\.$/, "") || null),
    budget: plaintextBudget(),
    deadline: new Deadline(clock.monotonic, request.timeoutMs),
    limits: stageLimits(request.timeoutMs),
  };
  const at = clock.now();
  const outcome = await pursue(look, dial);
  const { journal, deadline } = look;
  deadline.end();
  return {
    target: request.target,
    vantage: request.vantage,
    at,
    host: request.host,
    sni: journal.sni,
    outcome,
    banner: journal.banner,
    capabilities: { before: journal.before, after: journal.after },
    leftover: journal.leftover,
    ...(journal.unannounced && { unannounced: true }),
    envelope: journal.envelope,
    timings: journal.timings,
    transcript: journal.transcript,
  };
}

const hellos = ["usual", "wide", "small", "legacy"] as const;

const again = {
  usual: "our usual hello",
  wide: "all groups and suites of our library",
  small: "a small hello",
  legacy: "a bare hello with legacy, anonymous and NULL suites",
} as const;

async function pursue(look: Look, dial: Dialler): Promise<Outcome> {
  const attempts: HelloAttempt[] = [];
  for (const hello of hellos) {
    const before = attempts.at(-1);
    // More to choose from only helps where the choice was the trouble.
    if (hello === "wide" && before?.answer !== "alert") continue;
    if (before)
      look.journal.note(`Handshake failed (${before.answer}: ${before.detail}). New connection with ${again[hello]}`);
    const opened = look.deadline.left > 0 ? await open(look, dial) : outOfTime;
    if (!("socket" in opened)) {
      if (attempts.length === 0) return opened.outcome;
      attempts.push({ hello, ...meaningOf(opened.outcome) });
      break;
    }
    const end = await tryHello(opened.socket, hello, look);
    if (!("attempt" in end)) return end;
    attempts.push(end.attempt);
    // Many senders send no name, so a server that knows no such one isn't without TLS.
    if (end.attempt.detail === "unrecognized_name") look.journal.sni = null;
    await gone(opened.socket, look.deadline);
  }
  // Only what the server said to every hello is its own word.
  const itsWord =
    attempts.at(-1)?.hello === "legacy" && attempts.every(({ answer }) => answer === "alert" || answer === "not-tls");
  return { kind: itsWord ? "handshake-failed" : "handshake-broken", attempts };
}

type Opened = { readonly socket: Duplex } | { readonly outcome: Outcome };

const outOfTime: Opened = { outcome: { kind: "no-answer", stage: "connect", silence: "timeout" } };

/** A connection on which the handshake may begin. */
async function open(look: Look, dial: Dialler): Promise<Opened> {
  const { request, journal, deadline, limits } = look;
  const ender = new AbortController();
  deadline.arm(limits.connect, () => ender.abort(), request.slowGreeting);
  const { address, port, tls } = request.target;
  const dialled = await dial({ address, port, allowPrivate: request.allowPrivate, signal: ender.signal });
  deadline.clear();
  if (dialled.kind === "forbidden") return { outcome: dialled };
  if (dialled.kind === "failed") {
    return { outcome: { kind: "no-answer", stage: "connect", silence: dialled.silence } };
  }
  journal.done("connect");
  const { socket } = dialled;
  if (tls === "implicit") return { socket };
  const line = new SmtpLine(socket, false, look);
  const outcome = await untilStarttls(line, look);
  if (outcome === null) {
    const leftover = line.release();
    if (leftover.length > 0) journal.leftover ??= printable(leftover, 500);
    return { socket };
  }
  if (outcome.kind === "starttls-absent" && request.unannounced) {
    journal.unannounced = (await starttls(line, look)) === null;
  }
  // Behind its 220 it waits for a hello, not for a good-bye.
  if (!journal.unannounced) await farewell(line, outcome, look);
  line.destroy();
  return { outcome };
}

async function tryHello(
  raw: Duplex,
  hello: (typeof hellos)[number],
  look: Look,
): Promise<Outcome | { readonly attempt: HelloAttempt }> {
  const { request, clock, journal, deadline, limits } = look;
  const { tls: kit, readChain } = request;
  const { sni } = journal;
  if (hello === "legacy") {
    const bare = { sni, random: randomBytes(32), certificates: kit.certificates };
    const result = await bareHandshake(raw, bare, deadline, limits.handshake);
    if (result.kind === "failed") return result;
    if (result.kind === "too-much") return { kind: "too-much", what: "certificates" };
    journal.done("handshake");
    return { kind: "encrypted", tls: result.tls, certificate: result.certificate };
  }
  const result = await handshake(raw, { kit, hello, sni, readChain, now: clock.now() }, deadline, limits.handshake);
  if (result.kind === "failed") return result;
  if (result.kind === "too-much") return { kind: "too-much", what: "certificates" };
  journal.done("handshake");
  const line = new SmtpLine(result.socket, true, look);
  await onceEncrypted(line, look);
  line.destroy();
  return { kind: "encrypted", tls: result.tls, certificate: result.certificate };
}

/** One connection at a time: the next isn't opened before this one's end was sent. */
function gone(socket: Duplex, deadline: Deadline): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    socket.once("close", resolve);
    deadline.arm(100, resolve);
  });
}

/** Why a further connection didn't come to its hello: nobody's word. */
function meaningOf(outcome: Outcome): Pick<HelloAttempt, "answer" | "detail"> {
  if (outcome.kind === "no-answer") return { answer: outcome.silence, detail: `at ${outcome.stage}` };
  const reply = "reply" in outcome ? `: ${outcome.reply.code} ${outcome.reply.lines[0] ?? ""}` : "";
  return { answer: "error", detail: `the new connection ended before the hello: ${outcome.kind}${reply}` };
}
