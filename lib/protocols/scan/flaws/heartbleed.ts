/**
 * Heartbleed (CVE-2014-0160): a heartbeat that claims to be longer than it is gets answered with the server's memory.
 * Asked for are 64 bytes; of an answer no more is read than the record that proves it, and nothing of it is kept.
 */

import { recordType, writeRecord } from "../../tls/records.ts";
import { olderQuestion } from "./accepted.ts";
import { type AskedFlaw, flawed, sound, unknown } from "./flaw.ts";
import { behindFlight, wordsOf } from "./wire.ts";

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
      const isResponse = !("end" in heard) && heard.type === recordType.heartbeat && heard.body[0] === response;
      if (!isResponse || heard.body.length < request.length + claimed) return sound(wordsOf(heard));
      return flawed(`${heard.body.length} bytes came in answer to a heartbeat that held none`);
    });
    if (found === null) return unknown("it chose nothing");
    return "kind" in found ? unknown(found.how) : found;
  },
};
