/** A probe as mail people know it from CheckTLS: what was said, and after each answer what it means. Pure. */

import type { Observation, Outcome, Silence, Stage, TranscriptLine } from "../model/observation.ts";
import { bad, good, plain, type Remark, sessionRemarks } from "./transcript-session.ts";

export interface Row {
  /** Since the connect began. */
  readonly seconds: number;
  /** Who spoke, with `~` once encrypted; null for a remark of ours. */
  readonly mark: "-->" | "<--" | "~~>" | "<~~" | null;
  /** From the wire where there is a mark, and in the names of certificates: escape where shown. */
  readonly text: string;
  readonly tone: Remark["tone"];
}

/** `Trying TLS on mx1.example[192.0.2.25] (10):`; a server that no MX record named has the preference 0. */
export function transcriptHeader({ host, target }: Observation, preference: number | null): string {
  return `Trying TLS on ${host ?? target.address}[${target.address}] (${preference ?? 0}):`;
}

/** The rows of one probe in the order of its dialogue. */
export function transcriptRows(observation: Observation): readonly Row[] {
  const { outcome, timings, target, transcript } = observation;
  const said = joinReplies(transcript);
  const rows: Row[] = [];
  const add = (at: number, remarks: readonly Remark[]) =>
    rows.push(...remarks.map((remark) => ({ ...remark, seconds: at / 1000, mark: null })));
  const end = Math.max(0, ...said.map(({ at }) => at), ...Object.values(timings));
  let session =
    outcome.kind === "encrypted"
      ? sessionRemarks(outcome.tls, outcome.certificate, observation.host ?? target.address, observation.at)
      : [];

  if (timings.connect !== undefined) add(timings.connect, [good("Connected to server")]);
  let asked = "banner";
  for (const line of said) {
    if (line.kind === "note") {
      add(line.at, [plain(line.text)]);
      // Behind a note stands a new connection, with its own banner.
      asked = "banner";
      continue;
    }
    if (line.encrypted) {
      add(timings.handshake ?? line.at, session);
      session = [];
    }
    rows.push(spoken(line));
    if (line.kind === "received") add(line.at, replyRemarks(asked, line, observation));
    asked = line.kind === "sent" ? verbOf(line.text) : "";
  }
  add(timings.handshake ?? end, session);
  add(end, endRemarks(outcome));
  return rows;
}

type Spoken = Exclude<TranscriptLine, { kind: "note" }>;

/** The lines of one reply stand in one row (RFC 5321 §4.2.1: `250-` is continued). */
function joinReplies(lines: readonly TranscriptLine[]): readonly TranscriptLine[] {
  const joined: TranscriptLine[] = [];
  let isContinued = false;
  for (const line of lines) {
    const before = joined.at(-1);
    if (isContinued && line.kind === "received" && before?.kind === "received") {
      joined[joined.length - 1] = { ...line, text: `${before.text} ${line.text}` };
    } else joined.push(line);
    isContinued = line.kind === "received" && /^\d{3}-/.test(line.text);
  }
  return joined;
}

function spoken({ at, kind, encrypted, text }: Spoken): Row {
  const mark = kind === "sent" ? (encrypted ? "~~>" : "-->") : encrypted ? "<~~" : "<--";
  return { seconds: at / 1000, mark, text, tone: "plain" };
}

const verbOf = (command: string) => command.split(" ")[0]?.toUpperCase() ?? "";

/** What the reply to a command means, the banner being the reply to the connect. */
function replyRemarks(
  asked: string,
  { text, encrypted }: Spoken,
  { outcome, leftover, target, capabilities }: Observation,
): readonly Remark[] {
  const isYes = text.startsWith("2");
  const now = text.startsWith("4") ? " now" : "";
  switch (asked) {
    case "banner":
      if (outcome.kind === "not-smtp") return [];
      return isYes ? [good("We are allowed to connect")] : [bad(`We are not allowed to connect${now}`)];
    case "EHLO":
    case "HELO":
      if (asked === "EHLO" && /^50[024]/.test(text) && !encrypted) return [plain("EHLO is unknown on this server")];
      if (!isYes) return [bad(`We can not use this server${now}`)];
      if (!encrypted) return [good("We can use this server"), ...offerRemarks(capabilities, outcome)];
      return [
        ...(target.tls === "implicit" ? [good("We can use this server")] : []),
        good("TLS successfully started on this server"),
      ];
    case "STARTTLS":
      if (!text.startsWith("220")) return [bad(`STARTTLS command does not work on this server${now}`)];
      return [
        good("STARTTLS command works on this server"),
        ...(leftover === null ? [] : [bad(`Plain text stands behind the reply to STARTTLS: ${leftover}`)]),
      ];
    case "MAIL":
      return isYes ? [good("Sender is OK")] : [bad("Cannot proof e-mail address (reason: MAIL FROM rejected)")];
    case "RCPT":
      return isYes
        ? [good("Recipient OK, E-mail address proofed")]
        : [bad("Cannot proof e-mail address (reason: RCPT TO rejected)")];
    default:
      return [];
  }
}

function offerRemarks({ before }: Observation["capabilities"], outcome: Outcome): readonly Remark[] {
  if (before !== null && Object.hasOwn(before, "STARTTLS")) return [good("TLS is an option on this server")];
  const masked = outcome.kind === "starttls-absent" && outcome.how === "masked";
  return [
    bad("TLS is not an option on this server"),
    ...(masked ? [bad("Something in the path masks STARTTLS (XXXXXXXA)")] : []),
  ];
}

const silences: Readonly<Record<Silence, string>> = {
  timeout: "timed out",
  refused: "connection refused",
  reset: "connection reset",
  closed: "connection closed",
  "network-unreachable": "network unreachable",
  "host-unreachable": "host unreachable",
  error: "network error",
};

const moments: Readonly<Record<Stage, string>> = {
  connect: "the connect",
  banner: "its greeting",
  ehlo: "EHLO",
  starttls: "STARTTLS",
  handshake: "the TLS handshake",
  "ehlo-again": "EHLO over TLS",
  envelope: "sender and recipient",
  quit: "QUIT",
};

/** What stopped the probe, where no reply of the server said so. */
function endRemarks(outcome: Outcome): readonly Remark[] {
  switch (outcome.kind) {
    case "forbidden":
      return [bad(`Not dialled: ${outcome.range}`)];
    case "no-answer":
      return outcome.stage === "connect"
        ? [bad(`Cannot connect to server (${silences[outcome.silence]})`)]
        : [bad(`Server went silent at ${moments[outcome.stage]} (${silences[outcome.silence]})`)];
    case "not-smtp":
      return [bad("This is not a mail server")];
    case "too-much":
      return [bad(`Server sends too much (${outcome.what}): reading stopped`)];
    case "handshake-failed":
      return [bad("TLS does not start on this server")];
    case "handshake-broken":
      return [bad("TLS did not start (nobody answered)")];
    default:
      return [];
  }
}
