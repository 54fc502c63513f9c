/**
 * ROBOT (Bleichenbacher's oracle; CVE-2017-13099 and family): a server that answers differently to a well-padded RSA
 * key exchange and to ill-padded ones can be made to decrypt by whoever asks often enough. Five are sent, none of
 * anybody's session, each on a connection of its own; where the answers differ, all five again and again.
 */

import { constants, type KeyObject, publicEncrypt, randomBytes, randomInt, X509Certificate } from "node:crypto";
import { recordType, writeRecord } from "../../tls/records.ts";
import { type Question, versions } from "../question.ts";
import { olderQuestion } from "./accepted.ts";
import { type AskedFlaw, type Asking, type Found, flawed, sound, unknown } from "./flaw.ts";
import { behindFlight, wordsOf } from "./wire.ts";

/** What is encrypted, as long as the key: PKCS #1's padding (RFC 8017 §7.2.1), and a secret of 48 bytes (RFC 5246 §7.4.7.1). */
type Block = (length: number, version: number) => Uint8Array;

const secretLength = 48;

const blocks: Readonly<Record<string, Block>> = {
  "well padded": (length, version) => block(length, [0, 2], 0, version),
  "wrong first bytes": (length, version) => block(length, [0x41, 0x17], 0, version),
  "zero in the wrong place": (length, version) => {
    const made = block(length, [0, 2], 0x11, version);
    made.set([0, 0x11], length - 2);
    return made;
  },
  "no zero": (length) => block(length, [0, 2], 0x11, 0x1111),
  "wrong version": (length) => block(length, [0, 2], 0, 0x0202),
};

function block(length: number, begin: readonly number[], separator: number, version: number): Uint8Array {
  const made = randomBytes(length).map((byte) => byte || 1);
  made.set(begin);
  made.set([separator, version >> 8, version & 0xff], length - secretLength - 1);
  return made;
}

/** So often each is sent again where the answers differ. */
const timesAgain = 3;

export const robot: AskedFlaw = {
  name: "robot",
  when: "intrusive",
  async ask(asking) {
    const question = olderQuestion(await asking.scan, ({ keyExchange, exportGrade, authentication }) => {
      return keyExchange === "rsa" && authentication === "rsa" && !exportGrade;
    });
    if (question === null) return sound("no key exchange by RSA");
    const answerTo = answering(asking, question);
    // Some tell before the client has finished, others only then.
    for (const whole of [true, false]) {
      const found = await toldApart((name) => answerTo(name, whole));
      if (found.result !== "sound") return found;
      if (whole && mute.some((words) => found.detail.includes(words))) return unknown("nothing of it was answered");
    }
    return sound();
  },
};

type Answered = string | { readonly how: string };

/**
 * Flawed where each block has an answer of its own, time and again. In turn they aren't sent again but by lot: of
 * several machines, and of connections too many, every n-th answers otherwise. Sound: with what all have in common.
 */
async function toldApart(answerTo: (name: string) => Promise<Answered>): Promise<Found> {
  const names = Object.keys(blocks);
  const inTurn = [...names, ...byLot(Array.from({ length: timesAgain }, () => names).flat())];
  const said = new Map<string, string[]>(names.map((name) => [name, []]));
  while (inTurn.length > 0) {
    const asked = inTurn.splice(0, names.length);
    const heard = await Promise.all(asked.map(answerTo));
    for (const [at, answer] of heard.entries()) {
      if (typeof answer !== "string") return unknown(answer.how);
      said.get(asked[at] ?? "")?.push(answer);
    }
    const steady = steadyOf([...said.values()]);
    if (steady === null) return unknown("its answers differ, and not always in the same way");
    const [first = "", ...others] = new Set(steady);
    if (others.length === 0) return sound(first);
    if (inTurn.length === 0) return flawed(...names.map((name, at) => `${name}: ${steady[at]}`));
  }
  return sound();
}

function byLot<T>(values: readonly T[]): readonly T[] {
  return values
    .map((value) => ({ value, lot: randomInt(2 ** 47) }))
    .sort((a, b) => a.lot - b.lot)
    .map(({ value }) => value);
}

/** What is no word of the server's: it may as well have lost the connection. */
const mute: readonly string[] = ["timeout", "not TLS"];
const lost: readonly string[] = ["closed", ...mute];

/** What was always answered to each, but for one connection that was lost where all others tell something; else null. */
function steadyOf(said: readonly (readonly string[])[]): readonly string[] | null {
  let losses = 0;
  const steady = said.map((answers) => {
    const [answer, ...others] = new Set(answers);
    if (others.length === 0) return answer;
    const told = answers.filter((one) => !lost.includes(one));
    losses += answers.length - told.length;
    return new Set(told).size === 1 ? told[0] : undefined;
  });
  const every = steady.filter((answer) => answer !== undefined);
  const isLosing = losses > 1 || (losses === 1 && every.some((answer) => lost.includes(answer)));
  return every.length < said.length || isLosing ? null : every;
}

/** What is answered to a block. One connection of all may be lost before it comes to that. */
function answering(asking: Asking, question: Question): (name: string, whole: boolean) => Promise<Answered> {
  let spare = 1;
  return async function answerTo(name, whole): Promise<Answered> {
    const heard = await behindFlight(asking, question, async ({ answer: { hello, certificates }, wire, limits }) => {
      const key = keyOf(certificates[0]);
      if (key === null) return { how: "its certificate has no RSA key that can be read" };
      const length = (key.asymmetricKeyDetails?.modulusLength ?? 0) >> 3;
      const block = blocks[name]?.(length, question.version) ?? randomBytes(length);
      const secret = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
      wire.send(...records(secret, hello.version, whole));
      // Who has all of it answers at once; who waits for the rest, not at all.
      return wordsOf(await wire.next(whole ? limits.handshake : limits.handshake / 4));
    });
    const isLost = typeof heard !== "string" && "kind" in heard && heard.kind === "no-flight";
    return isLost && spare-- > 0 ? await answerTo(name, whole) : heard;
  };
}

function keyOf(der: Uint8Array | undefined): KeyObject | null {
  try {
    const key = der === undefined ? undefined : new X509Certificate(der).publicKey;
    return key?.asymmetricKeyType === "rsa" ? key : null;
  } catch {
    return null;
  }
}

const clientKeyExchange = 16;

/** The key exchange (RFC 5246 §7.4.7.1), and as `whole` a Finished that nobody can decrypt. */
function records(secret: Uint8Array, version: number, whole: boolean): readonly Uint8Array[] {
  const { length } = secret;
  const body = version === versions.ssl3 ? secret : Buffer.concat([Uint8Array.of(length >> 8, length & 0xff), secret]);
  const message = Buffer.concat([Uint8Array.of(clientKeyExchange, 0, body.length >> 8, body.length & 0xff), body]);
  const exchange = writeRecord(recordType.handshake, version, message);
  if (!whole) return [exchange];
  return [
    exchange,
    writeRecord(recordType.changeCipherSpec, version, Uint8Array.of(1)),
    writeRecord(recordType.handshake, version, randomBytes(64)),
  ];
}
