/** Messages to a web service of the operator's: CloudEvents 1.0 in structured mode, signed where there is a secret. */

import { createHmac } from "node:crypto";
import type { WebhookSettings } from "../../model/notify-settings.ts";
import type { Channel, Clock } from "../../model/ports.ts";
import { cloudEventOf } from "./cloud-event.ts";
import { channelName, createPost } from "./post.ts";

/**
 * `https:` only, unless the host is loopback: throws an `InputError` otherwise. The same message carries the same
 * `webhook-id` and `Idempotency-Key` at each try, and the time and signature of its own. `source` tells this
 * installation from others.
 */
export function createWebhookChannel(settings: WebhookSettings, source: string, now: Clock): Channel {
  const { url, token, secret } = settings;
  const post = createPost("the webhook", url);
  return {
    name: channelName("webhook", url),
    unpaced: true,
    deliver(letter) {
      const id = encodeURIComponent(letter.id);
      const body = JSON.stringify(cloudEventOf(letter, source));
      return post(body, {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "idempotency-key": id,
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(secret && signatureHeaders({ id, body, secret, at: now() })),
      });
    },
  };
}

interface Signed {
  readonly id: string;
  readonly body: string;
  readonly secret: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`. A secret is text, or base64 behind `whsec_`. */
export function signatureHeaders({ id, body, secret, at }: Signed): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const key = secret.startsWith(base64Mark) ? Buffer.from(secret.slice(base64Mark.length), "base64") : secret;
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

const base64Mark = "whsec_";
