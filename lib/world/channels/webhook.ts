/** Messages as JSON to a web service of the operator's. */

import { createHash } from "node:crypto";
import { InputError } from "../../model/input-error.ts";
import type { WebhookSettings } from "../../model/notify-settings.ts";
import type { Channel, Delivery } from "../../model/ports.ts";
import { reasonOf } from "./reason.ts";

const timeoutMs = 10_000;
/** The service is busy or broken; any other 4xx means that it will never take this message. */
const temporary = new Set([408, 425, 429]);

/**
 * Posts `letter.event` as JSON. `https:` only, unless the host is loopback; redirects aren't followed, since they
 * would carry the token elsewhere. The same message carries the same `Idempotency-Key`.
 *
 * Throws an `InputError` when the URL can't be used.
 */
export function createWebhookChannel({ url, token }: WebhookSettings): Channel {
  const at = checkedUrl(url);
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return {
    name: channelName(at),
    async deliver({ id, event }) {
      try {
        const response = await fetch(at, {
          method: "POST",
          headers: { "content-type": "application/json", "idempotency-key": encodeURIComponent(id), ...authorization },
          body: JSON.stringify(event),
          redirect: "manual",
          signal: AbortSignal.timeout(timeoutMs),
        });
        await response.body?.cancel();
        return deliveryOf(response.status);
      } catch (error) {
        return { kind: "later", why: reasonOf(error) };
      }
    },
  };
}

function deliveryOf(status: number): Delivery {
  if (status >= 200 && status < 300) return { kind: "sent" };
  const why = `the webhook answered ${status}`;
  return status >= 500 || temporary.has(status) ? { kind: "later", why } : { kind: "never", why };
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const allowed = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === null || !allowed) {
    throw new InputError("a webhook's url must begin with https:// (http:// only to loopback)");
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Tells webhooks of one host apart without showing the path, which often is the secret. */
function channelName(url: URL): string {
  return `webhook:${url.host}#${createHash("sha256").update(url.href).digest("hex").slice(0, 6)}`;
}
