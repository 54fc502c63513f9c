import { html } from "hono/html";
import { given, type Html, when } from "./html.ts";
import { layout } from "./layout.ts";

export interface LogInForm {
  /** Where to go afterwards: a path of this site; empty for the reader's own start page. */
  readonly next: string;
  readonly error: string | null;
  /** False where the browser won't keep the cookie, since the page came over plain HTTP. */
  readonly secure: boolean;
  readonly version: string;
}

export function logInPage({ next, error, secure, version }: LogInForm): Html {
  return layout(
    { title: "Log in", reader: null, refresh: null, version },
    html`<section class="card narrow">
<h1>Log in</h1>
<p>Chainmail watches whether mail is encrypted on its whole way. Enter the access token that your operator gave you.</p>
${given(error, (sentence) => html`<p class="alert" role="alert">${sentence}</p>`)}
${when(!secure, () => html`<p class="alert">This page came over plain HTTP, so your browser will not keep the log-in: reach it over HTTPS, or at http://localhost on the machine itself.</p>`)}
<form method="post" action="/login">
<input type="hidden" name="next" value="${next}">
<label for="token">Access token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required maxlength="200" autofocus>
<button>Log in</button>
</form>
<p class="muted">The token is kept in a cookie that only this site can read, for 30 days or until you log out.</p>
</section>`,
  );
}
