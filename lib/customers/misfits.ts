/**
 * What is wrong with a customer only beside the rest of the file: an id or a domain that is taken, a gateway or vantage
 * that isn't there. Looks at what was written, right or not, so that one error doesn't hide another.
 */

import { defaultVantage } from "../model/customer.ts";
import { isRecord, type Part } from "./pieces.ts";
import { fieldName, type InputProblem, shown, suggestion } from "./problem.ts";
import { readDomain } from "./values.ts";

/** The ids that customers may name; undefined where the file's own list of them can't be read. */
export interface KnownIds {
  readonly gateways: readonly string[] | undefined;
  readonly vantages: readonly string[] | undefined;
}

/** The ids in the file's head, which may hold errors. */
export function knownIds(head: unknown): KnownIds {
  const { gateways, vantages }: Record<string, unknown> = isRecord(head) ? head : {};
  const named = idsOf(vantages);
  return { gateways: idsOf(gateways), vantages: named && [defaultVantage, ...named] };
}

function idsOf(list: unknown): readonly string[] | undefined {
  if (list === undefined) return [];
  return Array.isArray(list) ? list.map((entry) => String(isRecord(entry) ? entry.id : entry)) : undefined;
}

/** Ids that stand twice in one of the head's lists. */
export function repeatedIds(file: string, head: Part): readonly InputProblem[] {
  const lists = isRecord(head.value) ? head.value : {};
  return ["gateways", "vantages", "windows"].flatMap((list) => {
    const ids = idsOf(lists[list]) ?? [];
    return ids.flatMap((id, at) => {
      const first = ids.indexOf(id);
      if (first === at) return [];
      const field = fieldName([list, at]);
      const message = `stands there twice: ${fieldName([list, first])} is the same`;
      return [{ file, ...head.place([list, at], "value"), field, value: shown(id), message }];
    });
  });
}

/** Maintenance windows of customers that aren't in the file, of which `ids` are all. */
export function windowsOfNobody(file: string, head: Part, ids: ReadonlySet<unknown>): readonly InputProblem[] {
  const windows = isRecord(head.value) && Array.isArray(head.value.windows) ? head.value.windows : [];
  return windows.flatMap((window: unknown, at) => {
    const customer = isRecord(window) ? window.customer : undefined;
    if (typeof customer !== "string" || ids.has(customer)) return [];
    const path = ["windows", at, "customer"];
    const message = "there is no such customer in this file";
    return [{ file, ...head.place(path, "value"), field: fieldName(path), value: shown(customer), message }];
  });
}

/** Remembers the ids and domains it has seen: to be asked once for each customer, in the order of the file. */
export function misfitFinder(file: string): (customer: Part, known: KnownIds) => readonly InputProblem[] {
  const owners = new Map<string, string>();
  const lines = new Map<string, number>();

  return (part, { gateways, vantages }) => {
    const errors: InputProblem[] = [];
    function wrong(path: readonly PropertyKey[], message: string, value: string): void {
      const field = fieldName([...part.path, ...path]);
      errors.push({ file, ...part.place(path, "value"), field, value: shown(value), message });
    }
    function mustBeOneOf(known: readonly string[] | undefined, of: string, path: readonly PropertyKey[], id: unknown) {
      if (known === undefined || typeof id !== "string" || known.includes(id)) return;
      wrong(path, `expected the id of one of the ${of}${suggestion(id, known)}`, id);
    }

    const given = isRecord(part.value) ? part.value : { id: part.value, domains: [part.value] };
    const { id, gateway, vantage, domains } = given as Record<string, unknown>;
    if (typeof id === "string") {
      const line = lines.get(id);
      if (line === undefined) lines.set(id, part.place(["id"], "value").line);
      else wrong(["id"], `this customer stands there already, in line ${line}`, id);
    }
    mustBeOneOf(gateways, "gateways", ["gateway"], gateway);
    mustBeOneOf(vantages, "vantages", ["vantage"], vantage);
    if (isRecord(vantage)) {
      mustBeOneOf(vantages, "vantages", ["vantage", "gateway"], vantage.gateway);
      mustBeOneOf(vantages, "vantages", ["vantage", "downstream"], vantage.downstream);
    }
    for (const [at, entry] of (Array.isArray(domains) ? domains : []).entries()) {
      const written: unknown = isRecord(entry) ? entry.name : entry;
      const name = typeof written === "string" ? readDomain(written) : { expected: "" };
      if ("expected" in name) continue;
      const owner = owners.get(name.value);
      if (owner === undefined) owners.set(name.value, String(id));
      else wrong(["domains", at], `this domain belongs to customer '${owner}' already`, name.value);
    }
    return errors;
  };
}
