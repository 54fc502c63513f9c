/** One HTTPS POST of JSON to a service of the operator's: what webhooks, chats and pagers have in common. */

import { createHash } from "node:crypto";
import { InputError } from "../../model/input-error.ts";
import type { Delivery } from "../../model/ports.ts";
import { reasonOf } from "./reason.ts";

const timeoutMs = 10_000;
/** The service is busy, or a token has to be mended; any other 4xx means that it will never take this message. */
const temporary = new Set([401, 403, 408, 425, 429]);

/**
 * `https:` only, unless the host is loopback: throws an `InputError` otherwise.
 * Redirects aren't followed, since they would carry a token elsewhere. Never rejects.
 */
export function createPost(
  service: string,
  url: string,
): (body: string, headers?: Readonly<Record<string, string>>) => Promise<Delivery> {
  const at = checkedUrl(service, url);
  return async (body, headers = {}) => {
    try {
      const response = await fetch(at, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      return deliveryOf(service, response.status);
    } catch (error) {
      return { kind: "later", why: reasonOf(error) };
    }
  };
}

/** `slack:hooks.slack.com#1f2e3d`: tells those of one host apart without showing the secret, which the path often is. */
export function channelName(kind: string, url: string, secret: string = new URL(url).href): string {
  return `${kind}:${new URL(url).host}#${createHash("sha256").update(secret).digest("hex").slice(0, 6)}`;
}

function deliveryOf(service: string, status: number): Delivery {
  if (status >= 200 && status < 300) return { kind: "sent" };
  const why = `${service} answered ${status}`;
  return status >= 500 || temporary.has(status) ? { kind: "later", why } : { kind: "never", why };
}

function checkedUrl(service: string, text: string): URL {
  const url = URL.parse(text);
  const allowed = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === null || !allowed) {
    throw new InputError(`the url of ${service} must begin with https:// (http:// only to loopback)`);
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
