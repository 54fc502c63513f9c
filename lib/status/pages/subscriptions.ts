/** Who listens at the installation's topics, and a form that confirms by a pasted link. For the operator. */

import { html } from "hono/html";
import { isDeaf } from "../../judge/subscriptions.ts";
import type { KnownSubscription } from "../../model/subscriptions.ts";
import { ago, type Html, when } from "./html.ts";

export interface SubscriptionsView {
  /** Those that are confirmed here. */
  readonly topics: readonly string[];
  /** As they were listed last, at most an hour ago. */
  readonly known: readonly KnownSubscription[];
  /** What became of the link that was sent; null where none was. */
  readonly said: { readonly good: boolean; readonly words: string } | null;
  readonly now: number;
}

const stateWords: Readonly<Record<KnownSubscription["state"], string>> = {
  confirmed: "gets messages",
  pending: "is not confirmed and gets none",
  vanished: "is gone and gets none",
};

export function subscriptionsPage({ topics, known, said, now }: SubscriptionsView): Html {
  const sorted = known.toSorted((a, b) => Number(isDeaf(b, now)) - Number(isDeaf(a, now)));
  return html`<h1>Subscriptions</h1>
<p class="muted">Of ${topics.join(" and ")}, and of the phones' own topics, as they were asked within the last hour.</p>
${when(said !== null, () => html`<p class="alert ${said?.good ? "info" : "critical"}" role="alert">${said?.words}</p>`)}
<section class="card" aria-labelledby="confirm"><h2 id="confirm">Confirm one</h2>
<p>Paste the link of the mail "AWS Notification - Subscription Confirmation". It is not opened: what stands in it is confirmed so that only who has rights on the topic can end it. Whoever opens the link instead can be unsubscribed by any link scanner.</p>
<form method="post" action="/subscriptions">
<label for="link">Link</label>
<input id="link" name="link" type="url" required maxlength="2048" autocomplete="off">
<button>Confirm</button>
</form>
</section>
<section class="card" aria-labelledby="known"><h2 id="known">Who is told</h2>
${when(sorted.length === 0, () => html`<p class="muted">Nobody is known yet.</p>`)}
<ul class="plain">
${sorted.map((one) => html`<li>${one.protocol} ${one.endpoint} <strong>${stateWords[one.state]}</strong>, since ${ago(new Date(one.since).toISOString(), now)}</li>`)}
</ul>
</section>`;
}
