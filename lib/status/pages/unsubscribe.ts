/** The page behind the link in a contact's mails: it asks first. Nobody is logged in here, so it tells of nothing but the address. */

import { html } from "hono/html";
import { type Html, when } from "./html.ts";
import { layout } from "./layout.ts";

export interface UnsubscribeView {
  readonly address: string;
  readonly customer: string;
  readonly unsubscribed: boolean;
  /** It has just been done. */
  readonly done: boolean;
  readonly version: string;
}

export function unsubscribePage({ address, customer, unsubscribed, done, version }: UnsubscribeView): Html {
  const title = unsubscribed ? "Unsubscribed" : done ? "Subscribed" : "Unsubscribe";
  return layout(
    { title, reader: null, refresh: null, version },
    html`<section class="card narrow">
<h1>${title}</h1>
${
  unsubscribed
    ? html`<p${when(done, () => html` role="status"`)}><strong>${address}</strong> gets no more of these messages. One that is on its way may still arrive.</p>
<p>Nobody else gets them in its place. Whoever runs this monitor is told that it left.</p>
${choice("subscribe", "Subscribe again")}`
    : done
      ? html`<p role="status"><strong>${address}</strong> gets messages again.</p>
${choice("unsubscribe", "Unsubscribe")}`
      : html`<p>This monitor tells <strong>${address}</strong>, a contact of ${customer}, when mail is no longer encrypted on its way.</p>
<p>Once you unsubscribe, that address is told of nothing any more, whichever customer it is about, and nobody else is told in its place.</p>
${choice("unsubscribe", "Unsubscribe")}
<p class="muted">Nothing has changed yet. To keep the messages, close this page.</p>`
}
</section>`,
  );
}

/** Posted to the page's own path, which is the signed link. */
function choice(value: "subscribe" | "unsubscribe", label: string): Html {
  return html`<form method="post"><button name="choice" value="${value}">${label}</button></form>`;
}
