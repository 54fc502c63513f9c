/**
 * All that is kept, as the steps see it. `store/dynamo.ts` keeps it in three DynamoDB tables.
 *
 * Promises: every method may be called twice with the same argument and the second call changes nothing;
 * every write touches one item; a `version` that is stale is answered `false`, never overwritten.
 */

import type { Circle, CircleHead, Member, Shown } from "../model/circle.ts";
import type { ContactChoice } from "../model/contact-choice.ts";
import type { Customer, FleetSettings, Gateway } from "../model/customer.ts";
import type { ScanProgress, ScanResult } from "../model/deep-scan.ts";
import type { DnsTrouble, HostFacts, MxAnswer } from "../model/domain-facts.ts";
import type { Alert, Cause, IncidentClass } from "../model/incident.ts";
import type { CycleNumber } from "../model/jobs.ts";
import type { CertificateFacts, Observation } from "../model/observation.ts";
import type { RecordEntry } from "../model/record.ts";
import type { CycleMark, Slice, SlotMemory } from "../model/roster.ts";
import type { Silence } from "../model/silence.ts";
import type { TargetKey } from "../model/target.ts";
import type { RecordHead, StoredLink } from "./chain.ts";

/** An item and the version it was read at; 0 for one that isn't there yet. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}

export interface StoredDomain {
  readonly domain: string;
  /** The last good answer; `failed` only where there never was one. */
  readonly mx: MxAnswer;
  /** Epoch ms when this answer first came. */
  readonly since: number;
  /** Set while lookups fail: `dns.failed`, although `mx` still holds the last good answer. */
  readonly failure: DnsTrouble | null;
}

export interface StoredHost {
  /** Its addresses are the last good ones, its `failure` the last lookup's. */
  readonly facts: HostFacts;
  /** Epoch ms when these addresses first came. */
  readonly since: number;
  /** `facts.failure` and since when. */
  readonly failure: DnsTrouble | null;
  /** Null where no address went within the last day. */
  readonly pool: HostPool | null;
}

/** What tells a host that moved from one whose addresses DNS gives in turn. */
export interface HostPool {
  /** Addresses that went, and when (epoch ms), at most 64 and a day old. */
  readonly former: readonly { readonly address: string; readonly wentAt: number }[];
  /** How often one came back, each time within a day of the time before; twice makes it a pool, of which `former` stays in use. */
  readonly returns: number;
  /** Epoch ms of the last time, 0 for never; after a day without another it is no pool any more. */
  readonly returnedAt: number;
}

/** What is known of one target from one vantage. */
export interface TargetState {
  readonly key: TargetKey;
  readonly vantage: string;
  readonly slice: number;
  readonly slot: number;
  /** The last look that brought an answer, with its transcript; null before the first. */
  readonly facts: Observation | null;
  /** Epoch ms since which these facts hold. */
  readonly factsSince: number | null;
  /** The present failure, where the last look brought no answer. */
  readonly silence: { readonly observation: Observation; readonly since: number } | null;
  /** TLS was agreed here at least once. */
  readonly everEncrypted: boolean;
}

/** What a target shows under one of its further names. */
export interface NameState {
  readonly name: string;
  readonly certificate: CertificateFacts | null;
  readonly at: number;
}

/** One cycle of one slice, two bits a slot. */
export interface LedgerEntry {
  readonly cycle: CycleNumber;
  /** The interval that the number counts in, ms: entries stand in the order of cycle × interval, whatever the interval was. */
  readonly everyMs: number;
  /** Epoch ms. */
  readonly at: number;
  readonly marks: readonly CycleMark[];
}

/** One day of one slot: how many cycles brought what. What is missing to the day's cycles is our own gap. */
export interface DayCounts {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly tls: number;
  readonly clear: number;
  readonly noAnswer: number;
  /** Cycles the day should have had up to now. */
  readonly cycles: number;
}

/** A vantage lost its sight, or got it back: between the two nothing was seen from there. */
export interface SightEvent {
  readonly at: number;
  readonly kind: "blind" | "sighted";
  readonly vantage: string;
  readonly why: string;
}

/** A scan found something else than the one before. */
export interface ScanEvent {
  readonly at: number;
  readonly kind: "scan";
  readonly vantage: string;
  /** `TLSv1 is gone`. */
  readonly words: readonly string[];
}

export type HistoryEvent =
  | { readonly at: number; readonly kind: "facts"; readonly vantage: string; readonly observation: Observation }
  | { readonly at: number; readonly kind: "silence"; readonly vantage: string; readonly observation: Observation }
  | SightEvent
  | ScanEvent
  | {
      readonly at: number;
      readonly kind: "dns";
      readonly subject: string;
      readonly came: readonly string[];
      readonly went: readonly string[];
      readonly note: string;
    };

export interface Token {
  /** Null: the operator's, who sees all. */
  readonly customer: string | null;
  readonly createdAt: number;
}

export interface ConfigStore {
  settings(): Promise<FleetSettings>;
  putSettings(settings: FleetSettings): Promise<void>;
  gateways(): Promise<readonly Gateway[]>;
  putGateways(gateways: readonly Gateway[]): Promise<void>;
  customer(id: string): Promise<Customer | undefined>;
  /** All customers, in no promised order, paged behind the scenes: memory stays flat. */
  customers(): AsyncIterable<Customer>;
  /** Any number; batched behind the scenes. */
  putCustomers(customers: Iterable<Customer> | AsyncIterable<Customer>): Promise<void>;
  removeCustomers(ids: Iterable<string>): Promise<void>;
  /** Rises with every import that changed something: `resolve` then rebuilds the rosters. */
  revision(): Promise<number>;
  bumpRevision(): Promise<number>;
  /** `hash` is the lower-case hex SHA-256 of the token. */
  token(hash: string): Promise<Token | undefined>;
  /** Whether anybody was given a token: without one nobody can be asked for one. */
  hasTokens(): Promise<boolean>;
  putToken(hash: string, token: Token): Promise<void>;
  removeToken(hash: string): Promise<boolean>;
  /** Also those that are over, in no promised order. */
  silences(): Promise<readonly Silence[]>;
  putSilence(silence: Silence): Promise<void>;
  removeSilence(id: string): Promise<boolean>;
}

export interface StateStore {
  domain(domain: string): Promise<StoredDomain | undefined>;
  domains(): AsyncIterable<StoredDomain>;
  putDomain(domain: StoredDomain): Promise<void>;
  removeDomain(domain: string): Promise<void>;
  host(host: string): Promise<StoredHost | undefined>;
  hosts(): AsyncIterable<StoredHost>;
  putHost(host: StoredHost): Promise<void>;
  removeHost(host: string): Promise<void>;

  /** The revision the rosters were built from; 0 before the first. */
  rosterRevision(): Promise<number>;
  putRosterRevision(revision: number): Promise<void>;
  slices(): Promise<readonly Slice[]>;
  slice(number: number): Promise<Slice | undefined>;
  putSlice(slice: Slice): Promise<void>;

  memory(slice: number): Promise<Versioned<readonly SlotMemory[]>>;
  putMemory(slice: number, memory: Versioned<readonly SlotMemory[]>): Promise<boolean>;

  target(key: TargetKey, vantage: string): Promise<TargetState | undefined>;
  targets(keys: readonly { readonly key: TargetKey; readonly vantage: string }[]): Promise<readonly TargetState[]>;
  putTarget(state: TargetState): Promise<void>;
  /** Nobody uses it any more: its names go now, its state at `until` (epoch ms), unless it is put again before. */
  retireTarget(key: TargetKey, vantage: string, until: number): Promise<void>;
  names(key: TargetKey, vantage: string): Promise<readonly NameState[]>;
  putName(key: TargetKey, vantage: string, state: NameState): Promise<void>;

  /** Whose contacts are told of a target that several customers share; undefined where nobody does. Its page may be gone by the time it is asked for: then there is a newer head. */
  circle(target: TargetKey): Promise<CircleHead | undefined>;
  circlePage(target: TargetKey, id: string): Promise<readonly Member[] | undefined>;
  /** Writes the pages that aren't there yet, and takes those away that aren't named any more. */
  putCircle(target: TargetKey, circle: Circle): Promise<void>;
  /** Several share it no more: it goes at `until` (epoch ms), unless it is put again before. */
  retireCircle(target: TargetKey, until: number): Promise<void>;
  /** Targets that show a certificate whose end was told of, or showed it. */
  shown(sha256: string): Promise<readonly Shown[]>;
  putShown(sha256: string, shown: Shown): Promise<void>;

  /** Of one target, from whichever vantage it is scanned. */
  scanProgress(target: TargetKey): Promise<Versioned<ScanProgress | null>>;
  /** Those that there are. */
  scansInProgress(targets: readonly TargetKey[]): Promise<ReadonlyMap<TargetKey, Versioned<ScanProgress>>>;
  putScanProgress(target: TargetKey, progress: Versioned<ScanProgress>): Promise<boolean>;
  scanResult(target: TargetKey): Promise<ScanResult | undefined>;
  /** Those that there are. */
  scanResults(targets: readonly TargetKey[]): Promise<ReadonlyMap<TargetKey, ScanResult>>;
  putScanResult(target: TargetKey, result: ScanResult): Promise<void>;
  /** Nobody uses the target any more: it goes at `until` (epoch ms), unless it is put again before. */
  retireScan(target: TargetKey, until: number): Promise<void>;

  /** Who speaks SSLv2 with these keys (lower-case hex SHA-256 of the public key's SPKI): those that anybody does or did. */
  sslv2Speakers(keys: readonly string[]): Promise<ReadonlyMap<string, Versioned<readonly TargetKey[]>>>;
  /** Without anybody it goes at `until` (epoch ms). */
  putSslv2Speakers(key: string, speakers: Versioned<readonly TargetKey[]>, until: number): Promise<boolean>;

  cause(cls: IncidentClass, subject: string): Promise<Versioned<Cause | null>>;
  /** Removed from the table where the cause is spent (`isSpent`): clear, owing nothing, no bad answer in its window. */
  putCause(cause: Versioned<Cause>): Promise<boolean>;
  /** Causes whose `due` is at or before `at`, or that owe a message not later than `at`. */
  dueCauses(at: number): Promise<readonly Versioned<Cause>[]>;
  /** Every cause that isn't clear. */
  activeCauses(): Promise<readonly Versioned<Cause>[]>;

  /** Undefined where its reader never chose: it gets messages. `address` in lower case. */
  choice(address: string): Promise<ContactChoice | undefined>;
  /** In no promised order. */
  choices(): AsyncIterable<ContactChoice>;
  putChoice(choice: ContactChoice): Promise<void>;

  /** Small documents of which there is one for each name: `vantage here`, `breaker`, … At most some kB. */
  document<T>(name: string): Promise<Versioned<T | null>>;
  putDocument<T>(name: string, document: Versioned<T>): Promise<boolean>;

  /** Claims a cycle for planning and tells that the planner lives; false when it or a later one was claimed already. */
  claimCycle(cycle: CycleNumber, at: number, everyMs: number): Promise<boolean>;
  lastCycle(): Promise<{ readonly cycle: CycleNumber; readonly at: number } | undefined>;
}

export interface LedgerStore {
  /** The commit mark: false when this cycle of this slice stands there already. */
  putLedger(slice: number, entry: LedgerEntry, part: number): Promise<boolean>;
  /** Newest first, at most `limit`. */
  ledger(slice: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** Rolls up the finished days of a slice that aren't yet. */
  rollUp(slice: number, now: number, everyMs: number): Promise<void>;
  days(slice: number, slot: number, now: number, everyMs: number): Promise<readonly DayCounts[]>;
  /** How often each slot of a slice was looked at on each of these days (UTC), however it answered. Reads of a day until it is rolled up its cycles, kept for three days. */
  looks(slice: number, days: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  putEvent(subject: string, event: HistoryEvent): Promise<void>;
  /** Newest first. `subject` is a target key, a domain or a host. */
  events(subject: string, limit: number): Promise<readonly HistoryEvent[]>;
  /** Adds to the record of incidents; an entry of the same `recordId` that stands there already stays as it is. */
  putRecord(entry: RecordEntry): Promise<void>;
  /** The whole record, oldest first, as it stands there; to be walked by `verifyChain`. */
  record(): AsyncIterable<StoredLink>;
  recordHead(): Promise<RecordHead | null>;
  /** The messages of the record, newest first; to nobody where `held` kept them back until they were over. */
  alerts(limit: number): Promise<readonly { readonly alert: Alert; readonly to: readonly string[] }[]>;
  /** Deletes what has expired, where the table doesn't do so itself; returns how many. */
  expire(now: number): Promise<number>;
}

export interface Store {
  readonly config: ConfigStore;
  readonly state: StateStore;
  readonly ledger: LedgerStore;
}
