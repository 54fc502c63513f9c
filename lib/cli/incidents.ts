/** `chainmail incidents` and `incidents ack`. */

import { InputError } from "../model/input-error.ts";
import { acknowledge } from "../status/acknowledge.ts";
import { loadIncidents, loadSuspected } from "../status/incidents.ts";
import type { CoverJson, IncidentJson } from "../status/json/incident-schemas.ts";
import { coverName } from "../steps/words/cover.ts";
import { customersWord } from "../steps/words/phrases.ts";
import { systemClock } from "../world/clock.ts";
import { mustBeThere, withStore } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";
import { printJson } from "./print-json.ts";

/** 0: none is open; 1: the open ones are all acknowledged; 2: at least one waits for somebody. A drill is none. */
export async function incidentsCommand(options: DataOptions & { readonly json?: boolean }, io: Io): Promise<ExitCode> {
  mustBeThere(options);
  return withStore<ExitCode>(options, async (store) => {
    const incidents = await loadIncidents(store, systemClock());
    if (options.json) printJson({ incidents, suspected: await loadSuspected(store) }, io);
    else if (incidents.length === 0) io.stdout.write("no incidents\n");
    else for (const incident of incidents) io.stdout.write(`${line(incident)}\n`);
    const open = incidents.filter(({ state, drill }) => state !== "ended" && !drill);
    if (open.length === 0) return 0;
    return open.every(({ acknowledged }) => acknowledged !== null) ? 1 : 2;
  });
}

function line({
  id,
  state,
  class: cls,
  form,
  drill,
  host,
  customers,
  since,
  endedAt,
  acknowledged,
  silenced,
}: IncidentJson): string {
  const what = `${drill ? "DRILL " : ""}${form === "steady" ? cls : form}`;
  const whom = customers === null ? "" : `${customersWord(customers)}, `;
  const until = endedAt === null ? "" : ` until ${endedAt}`;
  const seen = acknowledged === null ? "" : `, acknowledged by ${acknowledged.by}`;
  const told = silenced === null ? "" : `, ${coverWords(silenced)}`;
  return `${id.padEnd(8)} ${state.padEnd(10)} ${what.padEnd(16)} ${host}, ${whom}since ${since}${until}${seen}${told}`;
}

function coverWords(cover: CoverJson): string {
  return `held back by ${coverName(cover)} until ${cover.until}: ${cover.reason}`;
}

export async function acknowledgeCommand(
  id: string,
  options: DataOptions & { readonly by: string },
  io: Io,
): Promise<ExitCode> {
  return withStore<ExitCode>(options, async (store) => {
    const incident = (await loadIncidents(store, systemClock())).find((candidate) => candidate.id === id.toUpperCase());
    if (incident === undefined) throw new InputError(`'${id}': there is no such incident, see 'chainmail incidents'`);
    if ((await acknowledge(store, incident, options.by, systemClock())) === "ended")
      throw new InputError(`'${id}' is over: there is nothing to acknowledge`);
    const by = incident.acknowledged?.by ?? options.by;
    io.stdout.write(`${incident.id} acknowledged by ${by}: no reminders until it gets worse\n`);
    return 0;
  });
}
