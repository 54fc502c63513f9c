/** A published standard as data: what it says of each thing that a server accepts, and where. */

import type { ProtocolName } from "../../model/observation.ts";
import type { Habits } from "../../model/scan.ts";
import type { Suite } from "../../protocols/tls/suites.ts";

/** Which suites a rule is about: all that is given must fit. */
export interface SuiteMatch {
  readonly tls13?: boolean;
  readonly keyExchange?: readonly Suite["keyExchange"][];
  readonly authentication?: readonly Suite["authentication"][];
  /** As IANA spells them. */
  readonly cipher?: readonly string[];
  readonly integrity?: readonly Suite["integrity"][];
  /** At least. */
  readonly bits?: number;
}

/** The first rule of a kind that fits says the level; what none fits has the worst. */
export type Rule = { readonly level: string; readonly section: string } & (
  | { readonly of: "protocol"; readonly names: readonly ProtocolName[] }
  | { readonly of: "suite"; readonly match: SuiteMatch }
  /** Elliptic, post-quantum and hybrid groups by name; finite fields of TLS 1.3 too. */
  | { readonly of: "group"; readonly names: readonly string[] }
  /** Finite fields up to TLS 1.2: `known` by the name of a published prime, else by size. */
  | { readonly of: "prime"; readonly known?: readonly string[]; readonly bits?: number }
  | { readonly of: "key"; readonly type: "rsa" | "ec" | "other"; readonly bits: number }
  /** Hash of the certificate's signature: `sha256`. */
  | { readonly of: "signature"; readonly hashes: readonly string[] }
  | { readonly of: "habit"; readonly habit: keyof Habits; readonly is: boolean }
  /** A protocol that must be spoken. */
  | { readonly of: "required"; readonly name: ProtocolName }
);

export interface Standard {
  readonly id: string;
  readonly name: string;
  /** Where it is published. */
  readonly source: string;
  /** Best first. */
  readonly levels: readonly string[];
  readonly rules: readonly Rule[];
}
