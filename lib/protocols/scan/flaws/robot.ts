/**
 * ROBOT (Bleichenbacher's oracle; CVE-2017-13099 and family): a server that answers differently to a well-padded RSA
 * key exchange and to ill-padded ones can be made to decrypt by whoever asks often enough. Five are sent, none of
 * anybody's session, each on a connection of its own; where the answers differ, all five again.
 */

import { constants, type KeyObject, publicEncrypt, randomBytes, X509Certificate } from "node:crypto";
import { recordType, writeRecord } from "../../tls/records.ts";
import { type Question, versions } from "../question.ts";
import { olderQuestion } from "./accepted.ts";
import { type AskedFlaw, type Asking, flawed, sound, unknown } from "./flaw.ts";
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

export const robot: AskedFlaw = {
  name: "robot",
  when: "intrusive",
  async ask(asking) {
    const question = olderQuestion(await asking.scan, ({ keyExchange, exportGrade, authentication }) => {
      return keyExchange === "rsa" && authentication === "rsa" && !exportGrade;
    });
    if (question === null) return sound("no key exchange by RSA");
    // Some tell before the client has finished, others only then.
    for (const whole of [true, false]) {
      const first = await answersTo(asking, question, whole);
      if ("how" in first) return unknown(first.how);
      if (new Set(first.answers).size < 2) continue;
      const second = await answersTo(asking, question, whole);
      if ("how" in second) return unknown(second.how);
      const names = Object.keys(blocks);
      const isSame = first.answers.every((answer, at) => answer === second.answers[at]);
      if (isSame) return flawed(...names.map((name, at) => `${name}: ${first.answers[at]}`));
      return unknown("its answers differ, and not twice in the same way");
    }
    return sound();
  },
};

type Answers = { readonly answers: readonly string[] } | { readonly how: string };

async function answersTo(asking: Asking, question: Question, whole: boolean): Promise<Answers> {
  const heard = await Promise.all(Object.values(blocks).map((made) => answerTo(asking, question, made, whole)));
  const failed = heard.find((one) => typeof one !== "string");
  return failed ?? { answers: heard.filter((one) => typeof one === "string") };
}

async function answerTo(
  asking: Asking,
  question: Question,
  make: Block,
  whole: boolean,
): Promise<string | { readonly how: string }> {
  const heard = await behindFlight(asking, question, async ({ answer: { hello, certificates }, wire, limits }) => {
    const key = keyOf(certificates[0]);
    if (key === null) return { how: "its certificate has no RSA key that can be read" };
    const length = (key.asymmetricKeyDetails?.modulusLength ?? 0) >> 3;
    const secret = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, make(length, question.version));
    wire.send(...records(secret, hello.version, whole));
    // Who has all of it answers at once; who waits for the rest, not at all.
    return wordsOf(await wire.next(whole ? limits.handshake : limits.handshake / 4));
  });
  return heard ?? { how: "it chose nothing" };
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
