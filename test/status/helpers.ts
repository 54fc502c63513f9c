/** The app over a seeded store, as its readers reach it. */

import type { Hono } from "hono";
import { createToken } from "../../lib/customers/tokens.ts";
import { createApp } from "../../lib/status/app.ts";
import type { StatusContext, StatusEnv } from "../../lib/status/context.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { noon } from "./looks.ts";
import { everyMs, seed } from "./seed.ts";

export interface Fixture {
  readonly tokens: { readonly operator: string; readonly acme: string; readonly lost: string };
  readonly store: Store;
  /** Moves the app's clock; it stands 40 s after the last cycle's begin. */
  at(now: number): void;
  app(over?: Partial<StatusContext>): Hono<StatusEnv>;
  close(): Promise<void>;
}

export async function fixture(): Promise<Fixture> {
  const embedded: EmbeddedStore = await openEmbedded(null);
  const { store } = embedded;
  await seed(store);
  const tokens = {
    operator: await createToken(store.config, null, noon),
    acme: await createToken(store.config, "acme", noon),
    lost: await createToken(store.config, "lost", noon),
  };
  let now = noon + 40_000;
  return {
    store,
    tokens,
    at: (time) => {
      now = time;
    },
    app: (over = {}) =>
      createApp({ store, now: () => now, everyMs, auth: { kind: "open" }, baseUrl: null, version: "1.2.3", ...over }),
    close: () => embedded.close(),
  };
}

export const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/** A form as a browser of ours posts it. */
export function form(fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
  return {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "Sec-Fetch-Site": "same-origin", ...headers },
  };
}

export const browser = { headers: { Accept: "text/html,application/xhtml+xml" } };
