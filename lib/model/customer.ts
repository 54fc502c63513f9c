/** Whose mail it is: what people write into the customers file, after short forms and defaults are filled in. */

import type { ScanDepth, ScanSettings } from "./deep-scan.ts";
import { type NotifySettings, noNotify } from "./notify-settings.ts";
import type { ProtocolName } from "./observation.ts";
import type { IncidentPolicy } from "./policy.ts";
import type { Canary } from "./sight.ts";
import type { MaintenanceWindow } from "./silence.ts";
import type { TlsStart } from "./target.ts";

/** What the gateway does with TLS when it hands mail on to the customer's own servers. */
export type TlsMode = "enabled" | "disabled" | "enforced";

export const requirementLevels = ["none", "tls", "verified", "dane", "mta-sts"] as const;
export type RequirementLevel = (typeof requirementLevels)[number];

/** Below this a session counts as `weak`. */
export interface Floor {
  readonly protocol: ProtocolName;
  /** Least strength of the bulk cipher in bits. */
  readonly cipherBits: number;
  /** Least RSA key and finite-field DH size in bits. */
  readonly rsaBits: number;
  /** Least elliptic curve size in bits. */
  readonly ecBits: number;
  readonly forwardSecrecy: boolean;
  /** The name of a published standard, which is judged by instead of the figures: `ncsc-nl-sufficient`. */
  readonly standard?: string;
  /** What is merely accepted, beside what a modern sender gets, counts as well. */
  readonly acceptsNothingBelow?: true;
}

/** `internet → gateway`, or `gateway → the customer's own servers`. */
export type HopKind = "gateway" | "downstream";

export interface Requirement {
  readonly level: RequirementLevel;
  readonly floor: Floor;
}

export const defaultFloor: Floor = {
  protocol: "TLSv1.2",
  cipherBits: 128,
  rsaBits: 2048,
  ecBits: 224,
  forwardSecrecy: false,
};
export const defaultRequirement: Requirement = { level: "tls", floor: defaultFloor };

export interface Gateway {
  readonly id: string;
  /** MX host names, A-labels, lower case, no trailing dot. */
  readonly hosts: readonly string[];
  /** Where its hosts listen: 25 on the Internet (the default of the file), another port in a lab. The gateway hop of its customers is dialled there. */
  readonly port: number;
}

export interface Domain {
  /** A-labels, lower case, no trailing dot. */
  readonly name: string;
  /** Null when the file is silent: then the operator's rule by `created` decides. */
  readonly tlsMode: TlsMode | null;
}

export interface Downstream {
  /** A host name, or an address. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsStart;
  /** What the certificate must match: `host` itself unless that is an address; null when an address came without a name. */
  readonly name: string | null;
}

export interface Contact {
  readonly email: string | null;
  /** E.164, e.g. `+4915112345678`. */
  readonly sms: string | null;
  /** A second contact: told when nobody acknowledged it within so many ms. Left out: told at once. */
  readonly after?: number;
}

export interface Customer {
  readonly id: string;
  /** `YYYY-MM-DD`, when the account was made; null when unknown. */
  readonly created: string | null;
  readonly gateway: string | null;
  readonly domains: readonly Domain[];
  readonly downstream: readonly Downstream[];
  readonly require: { readonly gateway: Requirement; readonly downstream: Requirement };
  /** The vantage that sees each hop as the mail does. Null: the default vantage, which stands outside. */
  readonly vantage: { readonly gateway: string | null; readonly downstream: string | null };
  /** The operator vouches for private addresses of this customer, and for every port of its downstream servers. */
  readonly allowPrivate: boolean;
  /** How deep its servers are scanned; to what their grades need where nothing is said. */
  readonly scan?: Exclude<ScanDepth, "grade">;
  /** It agreed to be looked at for flaws by what no honest client sends (Heartbleed, ROBOT, …). */
  readonly intrusive?: true;
  readonly contacts: readonly Contact[];
}

/** The gateway's TLS mode of a domain that names none, by the date the account was made. */
export interface TlsModeRule {
  /** `YYYY-MM-DD`. */
  readonly createdBefore: string;
  readonly mode: TlsMode;
  readonly otherwise: TlsMode;
}

/** Accounts made before 2016 have TLS towards the customer disabled unless somebody enabled it. */
export const seedTlsModeRule: TlsModeRule = { createdBefore: "2016-01-01", mode: "disabled", otherwise: "enabled" };

export function tlsModeOf(domain: Domain, created: string | null, rule: TlsModeRule): TlsMode {
  if (domain.tlsMode !== null) return domain.tlsMode;
  return created !== null && created < rule.createdBefore ? rule.mode : rule.otherwise;
}

/** A place to look from within this process. */
export interface VantageConfig {
  readonly id: string;
  /** The local address to dial from, or null for whatever the system picks. */
  readonly sourceAddress: string | null;
  /** `internet`: as anybody does, so that it looks at every hop that names no vantage; `inside`: only at those that name it. */
  readonly sees: "internet" | "inside";
}

/** What holds for the whole fleet; the customers file may change it. */
export interface FleetSettings {
  readonly tlsModeRule: TlsModeRule;
  readonly vantages: readonly VantageConfig[];
  /** What the file changes of the incident machine's figures. */
  readonly policy: Partial<IncidentPolicy>;
  readonly notify: NotifySettings;
  readonly windows: readonly MaintenanceWindow[];
  /** None, or three and more: they tell whether a vantage sees. */
  readonly canaries: readonly Canary[];
  /** What the file changes of {@link defaultScanSettings}. */
  readonly scan?: Partial<ScanSettings>;
}

/** Before anything was imported. */
export const defaultSettings: FleetSettings = {
  tlsModeRule: seedTlsModeRule,
  vantages: [],
  policy: {},
  notify: noNotify,
  windows: [],
  canaries: [],
};

/** The vantage that stands outside in every installation, and the only one unless the file has more that see the internet. */
export const defaultVantage = "here";

/** All that see the internet as anybody does: they look at every hop whose customer names none. */
export function publicVantages({ vantages }: Pick<FleetSettings, "vantages">): readonly string[] {
  return [defaultVantage, ...vantages.filter(({ sees }) => sees === "internet").map(({ id }) => id)];
}

export interface Fleet {
  readonly settings: FleetSettings;
  readonly gateways: readonly Gateway[];
  readonly customers: readonly Customer[];
}
