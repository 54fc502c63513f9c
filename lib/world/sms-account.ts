/** The SMS settings of an AWS account in a region, under the caller's own credentials. */

import { GetSMSAttributesCommand, GetSMSSandboxAccountStatusCommand, SNSClient } from "@aws-sdk/client-sns";
import type { SmsAccount } from "../model/sms-account.ts";

const timeoutMs = 10_000;

/** Rejects where it may not be asked. */
export async function readSmsAccount(client: Pick<SNSClient, "send">): Promise<SmsAccount> {
  const options = { abortSignal: AbortSignal.timeout(timeoutMs) };
  const [{ IsInSandbox = true }, { attributes = {} }] = await Promise.all([
    client.send(new GetSMSSandboxAccountStatusCommand({}), options),
    client.send(new GetSMSAttributesCommand({}), options),
  ]);
  const limit = Number(attributes.MonthlySpendLimit ?? "");
  return {
    sandbox: IsInSandbox,
    spendLimit: attributes.MonthlySpendLimit === undefined || Number.isNaN(limit) ? null : limit,
    deliveryLogged: (attributes.DeliveryStatusIAMRole ?? "") !== "",
  };
}

export async function ownSmsAccount(): Promise<SmsAccount> {
  const client = new SNSClient({ maxAttempts: 2 });
  try {
    return await readSmsAccount(client);
  } finally {
    client.destroy();
  }
}
