/** One connection's life: up to where something may be asked, what is asked, the end. */

import type { Duplex } from "node:stream";
import type { Outcome } from "../../model/observation.ts";
import type { Dialler } from "../../model/ports.ts";
import type { Target } from "../../model/target.ts";
import { Deadline } from "../deadline.ts";
import { untilEhlo, untilStarttls } from "../smtp/dialogue.ts";
import { Journal } from "../smtp/journal.ts";
import { SmtpLine } from "../smtp/line.ts";
import { plaintextBudget } from "../smtp/reply.ts";
import { type StageLimits, stageLimits } from "../smtp/stages.ts";
import { type Sighting, sightingOf } from "./answering.ts";
import type { Unasked } from "./question.ts";

export interface AskWorld {
  readonly target: Target;
  /** The server name of the hello; null for none. */
  readonly serverName: string | null;
  readonly allowPrivate: boolean;
  readonly ehloName: string;
  /** For one connection, ms. */
  readonly timeoutMs: number;
  readonly dial: Dialler;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
  /** Told of each connection that came to EHLO. */
  readonly sighted: (sighting: Sighting) => void;
}

/** What is done with a connection on which TLS may begin. */
export type Talk<T> = (raw: Duplex, deadline: Deadline, limits: StageLimits) => Promise<T>;

/** Up to where the hello may be sent. Never rejects. */
export function converse<T>(world: AskWorld, talk: Talk<T>): Promise<T | Unasked> {
  return connected(world, async (socket, deadline, limits) => {
    if (world.target.tls === "implicit") return await talk(socket, deadline, limits);
    const { stopped } = await greeted(world, socket, deadline, limits, untilStarttls);
    return stopped === null ? await talk(socket, deadline, limits) : unasked(stopped);
  });
}

/** What is done with a connection in clear. */
export type ClearTalk<T> = (clear: Clear, deadline: Deadline, limits: StageLimits) => Promise<T>;

interface Clear {
  readonly raw: Duplex;
  /** EHLO was answered on it, with an offer of STARTTLS. */
  readonly line: SmtpLine;
}

/** Up to the answer to EHLO. Never rejects. */
export function inClear<T>(world: AskWorld, talk: ClearTalk<T>): Promise<T | Unasked> {
  return connected(world, async (raw, deadline, limits) => {
    const { line, stopped } = await greeted(world, raw, deadline, limits, untilEhlo);
    return stopped === null ? await talk({ raw, line }, deadline, limits) : unasked(stopped);
  });
}

/** Dials, and destroys the socket in the end. */
async function connected<T>(world: AskWorld, talk: Talk<T | Unasked>): Promise<T | Unasked> {
  const { target, monotonic, timeoutMs, dial, allowPrivate } = world;
  const deadline = new Deadline(monotonic, timeoutMs);
  const limits = stageLimits(timeoutMs);
  const ender = new AbortController();
  deadline.arm(limits.connect, () => ender.abort());
  const { address, port } = target;
  const dialled = await dial({ address, port, allowPrivate, signal: ender.signal });
  deadline.clear();
  if (dialled.kind !== "connected") {
    deadline.end();
    const how = dialled.kind === "forbidden" ? `not dialled: ${dialled.range}` : `${dialled.silence} at connect`;
    return { kind: "unasked", how };
  }
  const { socket } = dialled;
  // Whoever reads has a listener of their own; errors that come when nobody does must not end the process.
  socket.on("error", () => {});
  try {
    return await talk(socket, deadline, limits);
  } finally {
    deadline.end();
    socket.destroy();
  }
}

async function greeted(
  world: AskWorld,
  socket: Duplex,
  deadline: Deadline,
  limits: StageLimits,
  until: typeof untilEhlo,
): Promise<{ readonly line: SmtpLine; readonly stopped: Outcome | null }> {
  const journal = new Journal(world.monotonic, world.serverName);
  const line = new SmtpLine(socket, false, { journal, budget: plaintextBudget(), deadline });
  const stopped = await until(line, { journal, limits, request: { ehloName: world.ehloName } });
  const leftover = until === untilStarttls && stopped === null ? line.release() : new Uint8Array(0);
  const sighting = sightingOf(journal, stopped, leftover);
  if (sighting !== null) world.sighted(sighting);
  return { line, stopped };
}

function unasked(outcome: Outcome): Unasked {
  const how = stopWords(outcome);
  return outcome.kind === "starttls-absent" ? { kind: "unasked", how, elsewhere: true } : { kind: "unasked", how };
}

function stopWords(outcome: Outcome): string {
  if ("reply" in outcome) return `${outcome.reply.code} ${outcome.reply.lines[0] ?? ""}`.trim();
  return outcome.kind === "no-answer" ? `${outcome.silence} at ${outcome.stage}` : outcome.kind;
}
