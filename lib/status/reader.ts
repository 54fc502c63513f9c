/** What a viewer may see, in the API's shapes: the one way to the data for the JSON API and the pages. */

import { mailDomain, ownPaths } from "../judge/own-path.ts";
import { noNotify } from "../model/notify-settings.ts";
import { wantedContacts } from "../steps/unsubscribe.ts";
import { type AcknowledgeResult, acknowledge } from "./acknowledge.ts";
import { maySee, type StatusContext, type Viewer } from "./context.ts";
import { loadFleet } from "./fleet.ts";
import { loadHistory } from "./history.ts";
import { concerns, loadIncidents, loadSuspected } from "./incidents.ts";
import { statusJson } from "./json/customer.ts";
import { withoutOthers } from "./json/incident.ts";
import type { IncidentJson, SuspicionJson } from "./json/incident-schemas.ts";
import type { FleetJson, HistoryJson, StatusJson } from "./json/schemas.ts";
import { type LoadedCustomer, loadCustomer } from "./load.ts";
import { remembered } from "./memo.ts";
import type { Page } from "./query.ts";

interface CustomerLook {
  readonly loaded: LoadedCustomer;
  readonly status: StatusJson;
}

interface VisibleIncidents {
  readonly incidents: readonly IncidentJson[];
  readonly suspected: readonly SuspicionJson[];
}

export interface Reader {
  /** `undefined`: there is no such customer, or it is none of this viewer's business. */
  customer(viewer: Viewer, id: string): Promise<CustomerLook | undefined>;
  history(look: CustomerLook, page: Page): Promise<HistoryJson>;
  visibleTo(viewer: Viewer): Promise<VisibleIncidents>;
  incident(viewer: Viewer, id: string): Promise<IncidentJson | undefined>;
  /** Of one customer, to one who may see it; what others have to do with them is kept from all but the operator. */
  ofCustomer(viewer: Viewer, look: CustomerLook): Promise<VisibleIncidents>;
  /** Its contacts that are told by the watched path alone. */
  onOwnPath(look: CustomerLook): Promise<readonly string[]>;
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
    return loaded && { loaded, status: statusJson(loaded.status, { ...loaded, everyMs }) };
  }

  async function ofCustomer(viewer: Viewer, { status }: CustomerLook): Promise<VisibleIncidents> {
    const [incidents, suspected] = await Promise.all([loadIncidents(store, now()), loadSuspected(store)]);
    const own = incidents.filter((incident) => concerns(incident, status));
    return {
      incidents: viewer.kind === "operator" ? own : own.map(withoutOthers),
      suspected: suspected.filter((suspicion) => concerns(suspicion, status)),
    };
  }

  async function visibleTo(viewer: Viewer): Promise<VisibleIncidents> {
    if (viewer.kind === "operator") {
      return { incidents: await loadIncidents(store, now()), suspected: await loadSuspected(store) };
    }
    const look = await customer(viewer, viewer.customer);
    return look === undefined ? { incidents: [], suspected: [] } : ofCustomer(viewer, look);
  }

  return {
    customer,
    ofCustomer,
    visibleTo,
    incident: async (viewer, id) => (await visibleTo(viewer)).incidents.find((incident) => incident.id === id),
    history: ({ loaded }, page) => loadHistory(store, loaded, page, { now, everyMs }),
    async onOwnPath({ loaded }) {
      const { customer } = loaded.gathered;
      const contacts = await wantedContacts(store, customer.contacts);
      const asked = [...new Set(contacts.flatMap(({ email }) => (email === null ? [] : mailDomain(email))))];
      // What DNS is asked about belongs to some customer.
      const known = await Promise.all(asked.map((domain) => store.state.domain(domain)));
      const watched = known.flatMap((one) => (one === undefined ? [] : { name: one.domain, tlsMode: null }));
      const told = { ...customer, contacts, domains: [...customer.domains, ...watched] };
      return ownPaths(noNotify, { gateways: [], customers: [told] }).addressesOf(told, () => []);
    },
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
