/** `chainmail cost`: what a fleet costs on AWS in a month, by the same model that `cdk synth` prints. Asks nobody. */

import { assumed, type CostInput, monthlyCost, targetsOf, totalOf } from "../model/cost.ts";
import { prices } from "../model/prices.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

export interface CostOptions extends Omit<CostInput, "customers" | "targets" | "everyMs"> {
  readonly customers: readonly number[];
  /** Milliseconds. */
  readonly every: number;
  /** Of all customers together; by {@link targetsOf} where it isn't given. */
  readonly targets?: number;
}

export function costCommand({ customers, targets, every, ...rest }: CostOptions, io: Pick<Io, "stdout">): ExitCode {
  const bills = customers.map((count) =>
    bill({ ...rest, everyMs: every, customers: count, targets: targets ?? targetsOf(count) }),
  );
  io.stdout.write(`${bills.join("\n")}\n${footnote}`);
  return 0;
}

/** Above that many customers one run of `resolve` doesn't come to its end in the ten minutes that it has. */
const mostResolved = 600 / assumed.resolveSecondsPerCustomer;

/** A table of one fleet, of several lines. */
export function bill(input: CostInput): string {
  const lines = monthlyCost(input);
  const every = `${input.everyMs / 60_000} min`;
  const places = input.vantages === 1 ? "" : `, ${input.vantages} vantages`;
  const head = `${count(input.customers)} customer${input.customers === 1 ? "" : "s"}, ${count(input.targets)} targets every ${every}${places}, egress ${input.egress}`;
  const rows = lines.map(({ what, how, usd }) => `  ${what.padEnd(10)}${money(usd).padStart(12)}  ${how}\n`);
  const doubt =
    input.customers >= mostResolved
      ? "  one function resolves all names, in ten minutes at most: a fleet this large has to be split over several stacks\n"
      : "";
  return `${head}\n${rows.join("")}  ${"a month".padEnd(10)}${money(totalOf(lines)).padStart(12)}\n${doubt}`;
}

export const footnote =
  `USD, list prices of ${prices.region} as of ${prices.asOf}, without free tiers, taxes and SMS. Counted are reads, writes and messages of a fleet in which nothing happens;\n` +
  `assumed are ${assumed.probeSeconds} s for a job of 250 targets, ${assumed.scanSeconds} s for one of scans, and ${(assumed.bytesIn + assumed.bytesOut) / 1_000} kB for a look (docs/aws.md).\n`;

const money = (usd: number): string =>
  usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const count = (value: number): string => value.toLocaleString("en-US");
