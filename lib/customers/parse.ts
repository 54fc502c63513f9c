/** A customers file → the fleet, and everything that is wrong with the file. */

import { type Customer, defaultSettings, type Fleet } from "../model/customer.ts";
import { readCsv } from "./csv.ts";
import { problemsOf } from "./issues.ts";
import { readJson } from "./json.ts";
import { knownIds, misfitFinder, repeatedIds, windowsOfNobody } from "./misfits.ts";
import { isRecord, type Part, type Piece } from "./pieces.ts";
import type { InputProblem } from "./problem.ts";
import { customerSchema, headSchema } from "./schema.ts";
import { toCustomer, toGateway, toSettings } from "./translate.ts";
import { readYaml } from "./yaml.ts";

export type FileFormat = "yaml" | "json" | "csv";

export interface ParseOptions {
  /** The file's name, as it is shown in problems. */
  readonly file: string;
  readonly format: FileFormat;
  /** What stands now: a CSV file holds customers only, so gateways and settings are taken from here. */
  readonly present?: Pick<Fleet, "settings" | "gateways">;
}

export interface ParsedFleet {
  /** What is right in the file: whoever has an error is left out. Where gateways or settings are wrong that is nobody. */
  readonly fleet: Fleet;
  /** All that is wrong, in the order of the file. */
  readonly errors: readonly InputProblem[];
}

/** `customers.json` → `json`; what isn't `.json` or `.csv` is YAML. */
export function formatOf(file: string): FileFormat {
  if (/\.json$/i.test(file)) return "json";
  return /\.csv$/i.test(file) ? "csv" : "yaml";
}

/** Never throws for what stands in the file. */
export function parseFleet(text: string, { file, format, present }: ParseOptions): ParsedFleet {
  const errors: InputProblem[] = [];
  const customers: Customer[] = [];
  const misfits = misfitFinder(file);
  const standing: Head = present ?? { settings: defaultSettings, gateways: [] };
  let head: Head | undefined = standing;
  const ids = new Set<unknown>();
  let headPart: Part | undefined;
  let known = knownIds({ gateways: standing.gateways, vantages: standing.settings.vantages });

  for (const piece of piecesOf(text, format)) {
    switch (piece.kind) {
      case "problem":
        errors.push({ file, ...piece.problem });
        break;
      case "head": {
        const read = readHead(file, piece.part);
        errors.push(...read.errors, ...(piece.hasCustomers ? [] : [noCustomers(file)]));
        head = read.errors.length === 0 ? read.head : undefined;
        known = knownIds(piece.part.value);
        headPart = piece.part;
        break;
      }
      case "customer": {
        const read = customerSchema.safeParse(piece.part.value);
        const wrong = [
          ...(read.success ? [] : problemsOf(file, piece.part, read.error.issues)),
          ...misfits(piece.part, known),
        ];
        errors.push(...wrong);
        ids.add(isRecord(piece.part.value) ? piece.part.value.id : piece.part.value);
        if (read.success && wrong.length === 0) customers.push(toCustomer(read.data));
      }
    }
  }
  if (headPart !== undefined) errors.push(...windowsOfNobody(file, headPart, ids));
  errors.sort((a, b) => a.line - b.line || a.column - b.column);
  return { fleet: head ? { ...head, customers } : { ...standing, customers: [] }, errors };
}

type Head = Pick<Fleet, "settings" | "gateways">;

function readHead(file: string, part: Part): { readonly head?: Head; readonly errors: readonly InputProblem[] } {
  const repeated = repeatedIds(file, part);
  const read = headSchema.safeParse(part.value);
  if (!read.success) return { errors: [...problemsOf(file, part, read.error.issues), ...repeated] };
  const gateways = (read.data.gateways ?? []).map(toGateway);
  return { head: { settings: toSettings(read.data), gateways }, errors: repeated };
}

function noCustomers(file: string): InputProblem {
  const message = "missing, expected a list of customers";
  return { file, line: 1, column: 1, field: "customers", value: null, message };
}

function piecesOf(text: string, format: FileFormat): Iterable<Piece> {
  switch (format) {
    case "yaml":
      return readYaml(text);
    case "json":
      return readJson(text);
    case "csv":
      return readCsv(text);
  }
}
