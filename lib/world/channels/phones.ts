/** SMS from one process: by AWS, where the environment or its configuration files name a region and credentials. */

import type { Channel } from "../../model/ports.ts";

/** How a contact's number (E.164) is reached. */
export type Texter = (number: string) => Channel;

/** As the AWS SDK finds them; null where it finds none. May ask a machine's own metadata service for a second. Never rejects. */
export async function findTexter(): Promise<Texter | null> {
  const [{ createSmsChannel }, { createSnsClient }] = await Promise.all([import("./sms.ts"), import("./sns.ts")]);
  const client = createSnsClient();
  try {
    await client.config.region();
    await client.config.credentials();
    return (number) => createSmsChannel(client, number);
  } catch {
    client.destroy();
    return null;
  }
}
