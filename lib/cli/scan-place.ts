/** One address scanned: what a modern sender gets, what is accepted besides, and its flaws. */

import { setTimeout as sleep } from "node:timers/promises";
import { acceptedFindings } from "../judge/accepted.ts";
import { flawsIn } from "../judge/flaws.ts";
import { judges } from "../judge/grades/badness.ts";
import { type Grade, gradesOf } from "../judge/grades/grade.ts";
import { leavesOf } from "../judge/grades/leaves.ts";
import { scoreOf } from "../judge/grades/score.ts";
import { otherCertificateFindings } from "../judge/other-certificate.ts";
import { defaultFloor } from "../model/customer.ts";
import type { CertificateFacts, Leaf, Outcome } from "../model/observation.ts";
import { gapOf, type Pace } from "../model/pace.ts";
import type { FlawSeen, Scan } from "../model/scan.ts";
import { answeringOf, type Sighting } from "../protocols/scan/answering.ts";
import { ask, askSslv2 } from "../protocols/scan/ask.ts";
import type { AskWorld } from "../protocols/scan/converse.ts";
import { listening } from "../protocols/scan/early.ts";
import type { AskedFlaw, Asking } from "../protocols/scan/flaws/flaw.ts";
import { askingOf, lookFor } from "../protocols/scan/flaws/look-for.ts";
import { otherCertificate } from "../protocols/scan/other-certificate.ts";
import { insisted, patient } from "../protocols/scan/patient.ts";
import { type ScanWorld, scan, scanGraded } from "../protocols/scan/scan.ts";
import { createPacer } from "../steps/pacer.ts";
import { createLimit, createLimitWithSpare } from "../world/limit.ts";
import { lookAt } from "./look-at.ts";
import type { Looking } from "./looking.ts";
import type { LookOptions } from "./options.ts";
import type { Place } from "./places.ts";
import type { Looked } from "./probe-report.ts";

export interface ScanPlan extends LookOptions {
  readonly grade?: boolean;
  /** Of connections to one host. */
  readonly pace?: Pace;
  /** That take connections of their own. */
  readonly flaws: readonly AskedFlaw[];
  /** Names of flaws that are left out. */
  readonly leftOut: ReadonlySet<string>;
}

/** Facts of one address; `scan` is null where no hello was possible. */
export interface Found {
  readonly looked: Looked;
  readonly scan: Scan | null;
  readonly other: CertificateFacts | null;
}

/** One address, and what it would accept. */
export interface Scanned extends Looked {
  readonly scan: Scan | null;
  readonly other: CertificateFacts | null;
  readonly flaws: readonly FlawSeen[];
  /** Null where nothing is accepted, or not enough is known. */
  readonly grades: readonly Grade[] | null;
  readonly score: number | null;
}

/** Connections that are open at once. */
const atOnce = 4;
/** When we are slowed down, ms. */
const waits = [2_000, 10_000, 30_000];
/** For one question beside the others, which wait longer where nobody is let in. */
const fewWaits = waits.slice(0, 2);

export async function scanPlace(
  place: Place,
  plan: ScanPlan,
  looking: Looking,
  progress: (connections: number | null) => void,
): Promise<Found> {
  const admitted = admission(place.target.address, plan.pace, looking);
  await admitted(async () => {});
  const looked = await lookAt(place, { ...plan, unannounced: !plan.leftOut.has("unannounced-starttls") }, looking);
  const { outcome } = looked.observation;
  if (!speaksTls(outcome)) return { looked, scan: null, other: null };
  const { first, spare } = createLimitWithSpare(atOnce);
  const sightings: Sighting[] = [];
  let connections = 0;
  const beside = { signatures: 0, flaws: 0 };
  const world: AskWorld = {
    target: place.target,
    serverName: place.host,
    allowPrivate: plan.allowPrivate ?? false,
    ehloName: looking.ehloName,
    timeoutMs: plan.timeout,
    dial: looking.dial,
    monotonic: looking.clock.monotonic,
    sighted: (sighting) => sightings.push(sighting),
  };
  const counted = <T>(work: () => Promise<T>): Promise<T> =>
    admitted(() => {
      progress(++connections);
      return work();
    });
  let isThrottled = false;
  const patience = {
    waits,
    sleep: (ms: number) => sleep(ms),
    throttled: () => {
      isThrottled = true;
    },
  };
  const heard = listening(patient((question) => first(() => counted(() => ask(question, world))), patience));
  const scanWorld: ScanWorld = {
    target: place.target,
    serverName: place.host,
    at: looking.clock.now(),
    ask: heard.ask,
    askSslv2: () => insisted(() => first(() => counted(() => askSslv2(world))), { ...patience, waits: fewWaits }),
    connections: () => connections,
    askedFor: (what) => beside[what]++,
  };
  const scanning = plan.grade ? scanGraded(scanWorld, judges) : scan(scanWorld);
  const leaf = outcome.kind === "encrypted" ? (outcome.certificate?.leaf ?? null) : null;
  const asking = askingOf({
    scan: scanning,
    early: heard.until(scanning),
    leaf: leaf?.sha256 ?? null,
    world,
    connect: (work) =>
      spare(() => {
        beside.flaws++;
        return counted(work);
      }),
  });
  const [found, flaws, other] = await Promise.all([
    scanning,
    lookFor(plan.flaws, asking),
    leaf === null ? null : otherOf(leaf, asking, plan, looking),
  ]);
  progress(null);
  const whole = {
    ...found,
    ...(isThrottled ? ({ throttled: true } as const) : {}),
    flaws,
    connections,
    connectionsFor: { suites: connections - beside.signatures - beside.flaws, ...beside },
    answering: answeringOf(sightings),
    certificates: withOther(found, other),
  };
  return { looked, scan: whole, other: other?.facts ?? null };
}

/** With a pace, one connection at a time, and none before it is time; else at once. */
function admission(address: string, pace: Pace | undefined, { clock }: Looking) {
  if (pace === undefined) return <T>(work: () => Promise<T>): Promise<T> => work();
  const pacer = createPacer({ monotonic: clock.monotonic, sleep: (ms) => sleep(ms) });
  const one = createLimit(1);
  return <T>(work: () => Promise<T>): Promise<T> =>
    one(async () => {
      await pacer.turn(address, gapOf(pace));
      return await work();
    });
}

/** A grade takes a dozen connections, and of the worst servers two: this isn't the one too many. */
const dozens: readonly number[] = [12, 24];

/** Where only a grade is wanted, that both were shown anyway is enough. */
async function otherOf(leaf: Leaf, asking: Asking, { grade }: ScanPlan, { tls, clock }: Looking) {
  if (leaf.keyType !== "rsa" && leaf.keyType !== "ec") return null;
  if (grade) {
    const { certificates, connections } = await asking.scan;
    if (dozens.includes(connections) || certificates.some(({ sha256 }) => sha256 !== leaf.sha256)) return null;
  }
  const { roots, certificates } = tls;
  return await otherCertificate(asking, leaf, { roots, certificates, now: clock.now() });
}

/** `others`: scans of further places. */
export function judged(
  { looked, scan: found, other }: Found,
  plan: ScanPlan,
  others: readonly Scan[],
  now: number,
): Scanned {
  if (found === null) return { ...looked, scan: null, other: null, flaws: [], grades: null, score: null };
  const { judgement, observation } = looked;
  const around = { observation, others, skip: plan.leftOut };
  const known = new Set(judgement.findings.map(({ code }) => code));
  const accepted = acceptedFindings(found, defaultFloor, [], around);
  const leaves = leavesOf(found, observation.outcome);
  const first = observation.outcome.kind === "encrypted" ? observation.outcome.certificate?.leaf.sha256 : undefined;
  const further = first === undefined ? [] : leaves.filter(({ sha256 }) => sha256 !== first);
  const reference = observation.host ?? observation.target.address;
  const findings = [
    ...judgement.findings,
    ...otherCertificateFindings({ certificate: other, leaves: further }, reference, defaultFloor, now),
    ...accepted.filter(({ code }) => !known.has(code)),
  ];
  return {
    ...looked,
    judgement: { ...judgement, findings },
    scan: found,
    other,
    flaws: flawsIn(found, around),
    grades: gradesOf(found, leaves),
    score: scoreOf(found, leaves),
  };
}

/** It came to a hello: where it didn't, there is nothing to scan, and nothing is asked. */
function speaksTls({ kind }: Outcome): boolean {
  return kind === "encrypted" || kind === "handshake-failed" || kind === "handshake-broken";
}

function withOther({ certificates }: Scan, other: Awaited<ReturnType<typeof otherCertificate>>): Scan["certificates"] {
  const sha256 = other?.facts.leaf.sha256;
  if (other === null || sha256 === undefined || certificates.some((one) => one.sha256 === sha256)) return certificates;
  return [...certificates, { sha256, der: Buffer.from(other.der).toString("base64") }];
}
