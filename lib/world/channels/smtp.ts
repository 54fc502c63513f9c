/** Messages as mail. A monitor of TLS that mails in clear would be a poor example: TLS is required by default. */

import { rootCertificates } from "node:tls";
import { createTransport } from "nodemailer";
import type { SmtpSettings } from "../../model/notify-settings.ts";
import type { Channel, Delivery, Letter } from "../../model/ports.ts";
import { reasonOf } from "./reason.ts";

/** Of one message in all, whatever the relay does: well below the outbox's lease. */
const totalMs = 45_000;
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 15_000, socketTimeout: 20_000, dnsTimeout: 10_000 };

/** One channel per recipient, so that one bad address holds up nobody else. `roots`, in PEM, are whom the relay is trusted by. */
export function createSmtpChannel(
  settings: SmtpSettings,
  to: string,
  roots: readonly string[] = rootCertificates,
): Channel {
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
  return {
    name: `smtp:${to}`,
    async deliver(letter) {
      try {
        await transport.sendMail({ ...mailOf(letter, settings.from, to), signal: AbortSignal.timeout(totalMs) });
        return { kind: "sent" };
      } catch (error) {
        return failureOf(error);
      }
    },
  };
}

/** The same message has the same Message-ID, so that a repeat after a crash can be told. */
function mailOf({ id, subject, text }: Letter, from: string, to: string) {
  const plainId = id.replace(/[^\w.-]/g, ".");
  return {
    from: { name: "Chainmail", address: from },
    to: { name: "", address: to },
    subject,
    text,
    messageId: `<${plainId}@${from.slice(from.lastIndexOf("@") + 1)}>`,
    // RFC 3834: no vacation notices in return.
    headers: { "X-Chainmail-Id": plainId, "Auto-Submitted": "auto-generated" },
  };
}

/** 5xx to the recipient or to the message is final; all else (4xx, TLS, password, network) can be mended meanwhile. */
function failureOf(error: unknown): Delivery {
  const { code, responseCode } = Object(error) as { code?: unknown; responseCode?: unknown };
  const refused = code === "EENVELOPE" || code === "EMESSAGE";
  const final = refused && (typeof responseCode !== "number" || responseCode >= 500);
  return { kind: final ? "never" : "later", why: reasonOf(error) };
}
