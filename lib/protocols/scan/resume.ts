/**
 * A scan that is asked a few questions at a time. What was answered before is answered again from the trail, the next
 * questions are asked, and all that follow are left for later: so any scan that only asks questions can be resumed.
 */

import { createHash } from "node:crypto";
import type { Exhibits, KeptAnswer, Trail, TrailEntry } from "../../model/deep-scan.ts";
import type { FlawSeen, Scan } from "../../model/scan.ts";
import type { Sslv2Answer } from "../tls/sslv2.ts";
import { type Early, listening } from "./early.ts";
import { answerAgain, differs, keptAnswer } from "./kept-answer.ts";
import type { Answer, NoChoice, Question, Unasked } from "./question.ts";
import type { ScanWorld } from "./scan.ts";
import { saysTooMuch } from "./too-much.ts";

/** The scan itself. */
export type Program = (world: ScanWorld) => Promise<Scan>;

export type Place = Pick<ScanWorld, "target" | "serverName" | "at">;

/** One connection for each. */
export interface Live {
  ask(question: Question): Promise<Answer>;
  askSslv2(): Promise<Sslv2Answer | NoChoice>;
  /** Looked for once the rest is known, one after the other. */
  readonly flaws: readonly LiveFlaw[];
  /** Connections that may be made. */
  readonly most: number;
}

/** A flaw that takes a few connections of its own to see: they count as one. */
export interface LiveFlaw {
  readonly name: string;
  look(scan: Scan, early: Early): Promise<FlawSeen | Unasked>;
}

/** Why no more was asked before the end: the server's doing, not ours. */
interface Stopped {
  readonly how: string;
  /** It had answered before, or says itself that it is too much. */
  readonly throttled: boolean;
}

export interface Resumed {
  /** What is known so far. */
  readonly scan: Scan;
  /** Nothing is left to be asked. */
  readonly isWhole: boolean;
  readonly trail: Trail;
  /** Of what is new in the trail. */
  readonly exhibits: Exhibits;
  readonly stopped: Stopped | null;
}

/** Longer, no honest server's is. */
export const mostAnswers = 600;
const later: Unasked = { kind: "unasked", how: "not asked yet" };
const sslv2 = "sslv2";

/** Goes on where the trail ends. */
export async function resume(program: Program, place: Place, trail: Trail, live: Live): Promise<Resumed> {
  const run = await replayed(program, place, trail, { exhibits: { certificates: {}, primes: {} }, live, why: later });
  return { ...run, exhibits: run.fresh };
}

/** What is known, without asking. `why`: what kept the rest from being asked, where it isn't only to come. */
export async function assemble(
  program: Program,
  place: Place,
  trail: Trail,
  exhibits: Exhibits,
  flaws: readonly string[] = [],
  why: string = later.how,
): Promise<Pick<Resumed, "scan" | "isWhole">> {
  const silent = flaws.map((name): LiveFlaw => ({ name, look: async () => later }));
  const live: Live = { ask: async () => later, askSslv2: async () => later, flaws: silent, most: 0 };
  return await replayed(program, place, trail, { exhibits, live, why: { kind: "unasked", how: why } });
}

/**
 * Asks for what is missing, else again for what is known, from answer `again` on. Null: all is as it was. What differs
 * takes the place of all that follows it, which has to be asked anew.
 */
export async function askAgain(
  program: Program,
  place: Place,
  trail: Trail,
  again: number,
  live: Live,
): Promise<Resumed | null> {
  const fresh = { certificates: {}, primes: {} };
  const run = await replayed(program, place, trail, { exhibits: fresh, live, why: later });
  if (run.trail !== trail || run.stopped !== null) return { ...run, exhibits: run.fresh };
  for (const [at, entry] of [...trail.entries()].slice(again, again + live.most)) {
    const ask = run.questions.get(entry.question);
    if (ask === undefined) continue;
    const answer = await ask();
    if (isUnasked(answer)) return { ...run, exhibits: fresh, stopped: stoppedBy(answer, true) };
    const kept = keptAnswer(answer, fresh);
    if (!differs(entry.answer, kept)) continue;
    const now = [...trail.slice(0, at), { question: entry.question, answer: kept }];
    return { scan: run.scan, isWhole: false, trail: now, exhibits: fresh, stopped: null };
  }
  return null;
}

interface Replaying {
  readonly exhibits: Exhibits;
  readonly live: Live;
  /** The answer to what isn't asked now. */
  readonly why: Unasked;
}

type Heard = Answer | Sslv2Answer | FlawSeen;
type Asked = () => Promise<Heard>;

async function replayed(program: Program, place: Place, trail: Trail, { exhibits, live, why }: Replaying) {
  const known = new Map(trail.map(({ question, answer }) => [question, answer]));
  const questions = new Map<string, Asked>();
  const added: TrailEntry[] = [];
  const fresh = { certificates: {}, primes: {} };
  const state = {
    left: Math.min(live.most, mostAnswers - trail.length),
    stopped: null as Stopped | null,
    isShut: false,
    isWhole: true,
  };
  /** The same answer in each run, which shows that somebody answers. */
  const first = trail.find(({ answer }) => answer.kind === "chosen")?.question;
  /** One connection at a time. */
  let turn: Promise<unknown> = Promise.resolve();

  function answered(id: string, asked: Asked) {
    questions.set(id, asked);
    const before = known.get(id);
    return before === undefined ? null : answerAgain(before, exhibits);
  }

  async function askedNow(id: string, asked: Asked) {
    if (state.left <= 0 || state.stopped !== null) {
      state.isWhole = false;
      return why;
    }
    state.left--;
    const answer = await asked();
    if (isUnasked(answer)) {
      state.stopped = stoppedBy(answer, first !== undefined || added.length > 0);
      return answer;
    }
    const kept = keptAnswer(answer, fresh);
    known.set(id, kept);
    added.push({ question: id, answer: kept });
    return answer;
  }

  async function raw(id: string, asked: Asked) {
    const before = answered(id, asked);
    if (before !== null) return before;
    const now = turn.then(() => askedNow(id, asked));
    turn = now;
    return await now;
  }

  /** What {@link first} was the answer to: all that is known is gone through for it. */
  async function signOfLife(): Promise<Asked | undefined> {
    if (first === undefined || questions.has(first)) return questions.get(first ?? "");
    const look = async (question: Question) =>
      (answered(digestOf(question), () => live.ask(question)) ?? later) as Answer;
    await program({ ...place, ask: look, askSslv2: async () => later, connections: () => 0 });
    return questions.get(first);
  }

  /** Silence is asked about once more, and then whether anybody is there: only who still answers refuses by silence. */
  async function ask(question: Question): Promise<Answer> {
    const id = digestOf(question);
    const asked = () => live.ask(question);
    const answer = (await raw(id, asked)) as Answer;
    if (answer.kind !== "silent") return answer;
    const again = (await raw(`${id}+`, asked)) as Answer;
    if (again.kind !== "silent") return again;
    const alive = await signOfLife();
    if (alive === undefined) return again;
    const sign = (await raw(`${id}?`, alive)) as Answer;
    if (sign.kind === "chosen") return { kind: "refused", how: again.how };
    if (sign.kind === "unasked") return sign;
    state.isShut = true;
    state.stopped ??= { how: `no answer any more (${again.how})`, throttled: true };
    return { kind: "unasked", how: state.stopped.how };
  }

  const heard = listening(ask);
  const scanning = program({
    ...place,
    ask: heard.ask,
    askSslv2: async () => (await raw(sslv2, live.askSslv2)) as Sslv2Answer | NoChoice,
    connections: () => trail.length + added.length,
  });
  const early = heard.until(scanning);
  const enumerated = await scanning;
  const flaws: FlawSeen[] = [];
  for (const { name, look } of live.flaws) {
    if (!state.isWhole || state.stopped !== null) break;
    const seen = (await raw(`flaw:${name}`, () => look(withLeaves(enumerated, [...known.values()]), early))) as
      | FlawSeen
      | Unasked;
    if (!isUnasked(seen)) flaws.push(seen);
  }
  const scan = flaws.length === 0 ? enumerated : { ...enumerated, flaws, connections: trail.length + added.length };
  const whole = added.length === 0 ? trail : [...trail, ...added];
  return {
    scan,
    isWhole: state.isWhole && state.stopped === null,
    // Who fell silent for good refused nothing by it.
    trail: state.isShut ? whole.filter(({ answer }) => answer.kind !== "silent") : whole,
    fresh,
    questions,
    stopped: state.stopped,
  };
}

/** By their digests: who asks has no use for the certificates themselves. */
function withLeaves(scan: Scan, answers: readonly KeptAnswer[]): Scan {
  const leaves = new Set(answers.flatMap((answer) => ("leaf" in answer && answer.leaf !== null ? answer.leaf : [])));
  return { ...scan, certificates: [...leaves].map((sha256) => ({ sha256, der: "" })) };
}

function isUnasked(answer: Heard | Unasked): answer is Unasked {
  return "kind" in answer && answer.kind === "unasked";
}

function stoppedBy({ how, elsewhere = false }: Unasked, answeredBefore: boolean): Stopped {
  return { how, throttled: !elsewhere && (answeredBefore || saysTooMuch(how)) };
}

function digestOf({
  version,
  fallback,
  suites,
  groups,
  keyShare,
  signatures,
  fallbackScsv,
  ...more
}: Question): string {
  const asked = JSON.stringify([version, fallback, suites, groups, keyShare, signatures, fallbackScsv, ...told(more)]);
  return createHash("sha256").update(asked).digest("base64url").slice(0, 12);
}

/** What older trails know nothing of is named where it is so. */
function told({ withoutExtensions }: Pick<Question, "withoutExtensions">): readonly string[] {
  return withoutExtensions ? ["without extensions"] : [];
}
