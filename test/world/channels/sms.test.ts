import type { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { draftOf } from "../../../lib/steps/words/letter.ts";
import { createSmsChannel } from "../../../lib/world/channels/sms.ts";
import { alert } from "../../fakes/causes.ts";

const letter = { ...draftOf(alert(), null), to: "sms" };
const number = "+4915112345678";

function phoneThat(answer: () => Promise<unknown>) {
  const sent: PublishCommand[] = [];
  const send = (command: PublishCommand) => {
    sent.push(command);
    return answer();
  };
  return { sent, phone: createSmsChannel({ send } as unknown as SNSClient, number) };
}

describe("one phone by SNS", () => {
  it("gets the short text, and claims first: at most once", async () => {
    const { sent, phone } = phoneThat(async () => ({}));
    expect(phone).toMatchObject({ name: `sms:${number}`, claimsFirst: true });
    expect(await phone.deliver(letter)).toEqual({ kind: "sent" });
    expect(sent[0]?.input).toEqual({
      PhoneNumber: number,
      Message: letter.sms,
      MessageAttributes: { "AWS.SNS.SMS.SMSType": { DataType: "String", StringValue: "Transactional" } },
    });
  });

  it.each([
    ["InvalidParameterException", "never"],
    ["ThrottledException", "later"],
  ])("%s: %s", async (name, kind) => {
    const { phone } = phoneThat(() => Promise.reject(Object.assign(new Error("no"), { name })));
    expect(await phone.deliver(letter)).toMatchObject({ kind });
  });
});
