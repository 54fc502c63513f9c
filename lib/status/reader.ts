/** What a viewer may see, in the API's shapes: the one way to the data for the JSON API and the pages. */

import { type AcknowledgeResult, acknowledge } from "./acknowledge.ts";
import { maySee, type StatusContext, type Viewer } from "./context.ts";
import { loadFleet } from "./fleet.ts";
import { loadHistory } from "./history.ts";
import { concerns, loadIncidents } from "./incidents.ts";
import { statusJson } from "./json/customer.ts";
import { withoutOthers } from "./json/incident.ts";
import type { FleetJson, HistoryJson, IncidentJson, StatusJson } from "./json/schemas.ts";
import { type LoadedCustomer, loadCustomer } from "./load.ts";
import { remembered } from "./memo.ts";
import type { Page } from "./query.ts";

interface CustomerLook {
  readonly loaded: LoadedCustomer;
  readonly status: StatusJson;
}

export interface Reader {
  /** `undefined`: there is no such customer, or it is none of this viewer's business. */
  customer(viewer: Viewer, id: string): Promise<CustomerLook | undefined>;
  history(look: CustomerLook, page: Page): Promise<HistoryJson>;
  incidents(viewer: Viewer): Promise<readonly IncidentJson[]>;
  incident(viewer: Viewer, id: string): Promise<IncidentJson | undefined>;
  incidentsOf(look: CustomerLook): Promise<readonly IncidentJson[]>;
  fleet(): Promise<FleetJson>;
  /** Ids that contain `text`, at most `limit`. */
  search(text: string, limit: number): Promise<{ readonly found: readonly string[]; readonly more: boolean }>;
  acknowledge(incident: IncidentJson, by: string): Promise<AcknowledgeResult>;
}

/** How long one judgement of the whole fleet is answered, at most. */
const fleetMaxAgeMs = 30_000;

export function createReader(context: StatusContext): Reader {
  const { store, now, everyMs } = context;
  const fleet = remembered(() => loadFleet(store, { now, everyMs }), Math.min(fleetMaxAgeMs, everyMs / 4), now);

  async function customer(viewer: Viewer, id: string): Promise<CustomerLook | undefined> {
    if (!maySee(viewer, id)) return undefined;
    const loaded = await loadCustomer(store, id, { now, everyMs });
    return loaded && { loaded, status: statusJson(loaded.status, { asOf: loaded.asOf, everyMs }) };
  }

  async function incidentsOf({ status }: CustomerLook): Promise<readonly IncidentJson[]> {
    return (await loadIncidents(store)).filter((incident) => concerns(incident, status));
  }

  async function incidents(viewer: Viewer): Promise<readonly IncidentJson[]> {
    if (viewer.kind === "operator") return loadIncidents(store);
    const look = await customer(viewer, viewer.customer);
    return look === undefined ? [] : (await incidentsOf(look)).map(withoutOthers);
  }

  return {
    customer,
    incidentsOf,
    incidents,
    incident: async (viewer, id) => (await incidents(viewer)).find((incident) => incident.id === id),
    history: ({ loaded }, page) => loadHistory(store, loaded, page, { now, everyMs }),
    fleet,
    search: async (text, limit) => {
      const found: string[] = [];
      for await (const { id } of store.config.customers()) {
        if (!id.toLowerCase().includes(text.toLowerCase())) continue;
        if (found.length === limit) return { found: found.sort(), more: true };
        found.push(id);
      }
      return { found: found.sort(), more: false };
    },
    acknowledge: (incident, by) => acknowledge(store, incident, by, now()),
  };
}
