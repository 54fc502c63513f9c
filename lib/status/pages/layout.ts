/** The frame of every page. */

import { html } from "hono/html";
import { given, type Html, when } from "./html.ts";
import { styleHref } from "./style.ts";

export interface Frame {
  readonly title: string;
  /** Null where nobody is logged in; `logOut` where there is a session to end. */
  readonly reader: FrameReader | null;
  /** Seconds between two loads of the page, and the path that stops it; null: the page stands still. */
  readonly refresh: { readonly seconds: number; readonly pause: string } | null;
  readonly version: string;
}

interface FrameReader {
  readonly operator: boolean;
  readonly home: string;
  readonly logOut: boolean;
  /** There is a page of who listens at the topic. */
  readonly subscriptions: boolean;
}

export function layout({ title, reader, refresh, version }: Frame, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${given(refresh, ({ seconds }) => html`<meta http-equiv="refresh" content="${seconds}">`)}
<title>${title} · Chainmail</title>
<link rel="stylesheet" href="${styleHref}">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top"><div>
<a class="brand" href="${reader?.home ?? "/"}">Chainmail</a>
${given(
  reader,
  ({ operator, logOut, subscriptions }) => html`<nav aria-label="Pages">
${when(operator, () => html`<a href="/">Customers</a>`)}
<a href="/incidents">Incidents</a>
${when(subscriptions, () => html`<a href="/subscriptions">Subscriptions</a>`)}
${when(logOut, () => html`<form method="post" action="/logout"><button class="plain">Log out</button></form>`)}
</nav>`,
)}
</div></header>
<main id="main">
${body}
</main>
<footer><div>
<p>Chainmail ${version}. All times are UTC.</p>
${given(refresh, ({ seconds, pause }) => html`<p>This page reloads every ${seconds} seconds. <a href="${pause}">Stop reloading</a></p>`)}
</div></footer>
</body>
</html>`;
}
