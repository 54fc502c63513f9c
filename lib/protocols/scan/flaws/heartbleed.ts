/**
 * Heartbleed (CVE-2014-0160): a heartbeat that claims to be longer than it is gets answered with the server's memory.
 * Asked for are 64 bytes; of an answer no more is read than the record that proves it, and nothing of it is kept.
 */

import { recordType, writeRecord } from "../../tls/records.ts";
import { olderQuestion } from "./accepted.ts";
import { type AskedFlaw, flawed, sound, unknown } from "./flaw.ts";
import { behindFlight, type Heard, wordsOf } from "./wire.ts";

const claimed = 64;
/** A heartbeat of that length which has nothing in it (RFC 6520 §4). */
const request = Uint8Array.of(1, 0, claimed);
const response = 2;

export const heartbleed: AskedFlaw = {
  name: "heartbleed",
  when: "intrusive",
  async ask(asking) {
    const question = olderQuestion(await asking.scan);
    if (question === null) return sound("nothing is accepted up to TLS 1.2");
    const found = await behindFlight(asking, question, async ({ answer: { hello }, wire, limits }) => {
      wire.send(writeRecord(recordType.heartbeat, hello.version, request));
      const heard = await wire.next(limits.handshake);
      const bytes = leakedIn(heard);
      return bytes === null
        ? sound(wordsOf(heard))
        : flawed(`${bytes} bytes came in answer to a heartbeat that held none`);
    });
    return "kind" in found ? unknown(found.how) : found;
  },
};

/** How long a response is that has something in it, and all that was claimed: padding may have any length. Null: none came. */
function leakedIn(heard: Heard): number | null {
  if ("end" in heard || heard.type !== recordType.heartbeat) return null;
  const [type, high, low] = heard.body;
  const isEmpty = high === 0 && low === 0;
  return type === response && !isEmpty && heard.body.length >= request.length + claimed ? heard.body.length : null;
}
