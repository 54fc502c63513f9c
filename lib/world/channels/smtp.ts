/** Messages as mail. A monitor of TLS that mails in clear would be a poor example: TLS is required by default. */

import { rootCertificates } from "node:tls";
import { createTransport } from "nodemailer";
import type { NotifySettings, SmtpSettings } from "../../model/notify-settings.ts";
import type { Channel, Delivery, Letter } from "../../model/ports.ts";
import { reasonOf } from "./reason.ts";

type Failure = Exclude<Delivery, { readonly kind: "sent" }>;

/** Of one message in all, whatever the relay does: well below the outbox's lease. */
const totalMs = 45_000;
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 15_000, socketTimeout: 20_000, dnsTimeout: 10_000 };

/** What a contact's mails say beside the message, so that their reader can end them. */
interface ContactMail {
  readonly customer: string;
  /** Of the page that asks before it ends them; null where readers can't reach any. */
  readonly unsubscribe: string | null;
}

/** Sends mail to many by one relay: the operator's own, or SES's SMTP endpoint. One channel for each address. `contact` where it is a customer's. */
export type Mailer = (to: string, contact?: ContactMail) => Channel;

/** Null where the file names no relay. `roots`, in PEM, are whom the relay is trusted by. */
export function mailerOf({ smtp }: Pick<NotifySettings, "smtp">, roots?: readonly string[]): Mailer | null {
  return smtp === null ? null : createMailer(smtp, roots);
}

/**
 * For one pass over what is owed: one bad address holds up nobody else, and a relay that didn't answer isn't waited for again,
 * whomever the next mail is for.
 */
export function createMailer(settings: SmtpSettings, roots: readonly string[] = rootCertificates): Mailer {
  const transport = createTransport({
    ...timeouts,
    host: settings.host,
    port: settings.port,
    secure: settings.port === 465 && settings.tls !== "off",
    requireTLS: settings.tls === "required",
    ignoreTLS: settings.tls === "off",
    tls: { rejectUnauthorized: settings.tls === "required", ca: [...roots] },
    ...(settings.user === null ? {} : { auth: { user: settings.user, pass: settings.password ?? "" } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  let down: string | null = null;
  return (to, contact) => ({
    name: `smtp:${to}`,
    async deliver(letter) {
      if (down !== null) return { kind: "later", why: down };
      try {
        await transport.sendMail({
          ...mailOf(letter, settings.from, to, contact),
          signal: AbortSignal.timeout(totalMs),
        });
        return { kind: "sent" };
      } catch (error) {
        const failure = failureOf(error);
        if (!isRefusal(error)) down = failure.why;
        return failure;
      }
    },
  });
}

/** The same message has the same Message-ID, so that a repeat after a crash can be told. */
function mailOf({ id, subject, text }: Letter, from: string, to: string, contact: ContactMail | undefined) {
  const plainId = id.replace(/[^\w.-]/g, ".");
  return {
    from: { name: "Chainmail", address: from },
    to: { name: "", address: to },
    subject,
    text: contact === undefined ? text : `${text}${footOf(contact)}`,
    messageId: `<${plainId}@${from.slice(from.lastIndexOf("@") + 1)}>`,
    // RFC 3834: no vacation notices in return.
    headers: {
      "X-Chainmail-Id": plainId,
      "Auto-Submitted": "auto-generated",
      ...unsubscribeHeaders(contact?.unsubscribe ?? null),
    },
  };
}

/** RFC 2369 §3.2; one click is a POST, and has to go by HTTPS (RFC 8058 §3.1). */
function unsubscribeHeaders(url: string | null): Readonly<Record<string, string>> {
  if (url === null) return {};
  const oneClick = url.startsWith("https:") ? { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" } : {};
  return { "List-Unsubscribe": `<${url}>`, ...oneClick };
}

function footOf({ customer, unsubscribe }: ContactMail): string {
  const end = unsubscribe === null ? ", tell whoever runs this monitor." : ` (you are asked first):\n${unsubscribe}`;
  return `\n-- \nYou are told as a contact of ${customer}.\nTo get no more of these messages${end}\n`;
}

/** 5xx to the recipient or to the message is final; all else (4xx, TLS, password, network) can be mended meanwhile. */
function failureOf(error: unknown): Failure {
  const { responseCode } = Object(error) as { responseCode?: unknown };
  const final = isRefusal(error) && (typeof responseCode !== "number" || responseCode >= 500);
  return { kind: final ? "never" : "later", why: reasonOf(error) };
}

/** Of this recipient or this message: the relay itself is well. */
function isRefusal(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return code === "EENVELOPE" || code === "EMESSAGE";
}
