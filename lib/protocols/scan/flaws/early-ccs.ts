/**
 * Early ChangeCipherSpec (CVE-2014-0224): taken before any key was exchanged, it makes a server encrypt with a key that
 * everybody knows. A sound server refuses it; a flawed one takes it, and fails at the next record, which isn't encrypted.
 */

import { recordType, writeRecord } from "../../tls/records.ts";
import { olderQuestion } from "./accepted.ts";
import { type AskedFlaw, flawed, sound, unknown } from "./flaw.ts";
import { alertIn, behindFlight, wordsOf } from "./wire.ts";

/** Only who thinks that the record is encrypted says so. */
const tookIt: readonly (string | null)[] = ["bad_record_mac", "decryption_failed"];

export const earlyCcs: AskedFlaw = {
  name: "early-ccs",
  when: "intrusive",
  async ask(asking) {
    const question = olderQuestion(await asking.scan);
    if (question === null) return sound("nothing is accepted up to TLS 1.2");
    const found = await behindFlight(asking, question, async ({ answer: { hello }, wire, limits, left }) => {
      const changeCipherSpec = writeRecord(recordType.changeCipherSpec, hello.version, Uint8Array.of(1));
      wire.send(changeCipherSpec);
      const first = await wire.next(limits.handshake / 4);
      // Who took it has nothing to say of it: whatever the alert, it was refused.
      if (!("end" in first && first.end === "timeout")) return sound(wordsOf(first));
      wire.send(changeCipherSpec);
      // To the very end: some wait up to half a minute before they close on who has sent them nonsense.
      const heard = await wire.next(left());
      if (tookIt.includes(alertIn(heard)))
        return flawed(`taken before the key exchange: ${wordsOf(heard)} to the next record`);
      if ("end" in heard && heard.end === "timeout") return unknown("two of them were met with silence");
      return sound(wordsOf(heard));
    });
    return "kind" in found ? unknown(found.how) : found;
  },
};
