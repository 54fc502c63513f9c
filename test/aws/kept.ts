/** `node kept.ts write|check`: puts something into each table, and sees after an upgrade whether it is still there. */

import { deepStrictEqual } from "node:assert";
import { openAws } from "../../lib/store/aws.ts";
import { openCause, owed } from "../fakes/causes.ts";

/** Nobody's: it is neither looked at nor told of. */
const subject = "192.0.2.9:25";
const hash = "f".repeat(64);
const token = { customer: null, createdAt: 0 } as const;
const value = { cause: openCause([owed({ id: "CM-9·1", incident: "CM-9", subject })], { subject }) };
const [today] = new Date().toISOString().split("T");
const event = {
  at: Date.parse(`${today}T00:00:00Z`),
  kind: "dns",
  subject,
  came: ["192.0.2.9"],
  went: [],
  note: "",
} as const;

const { store, close } = await openAws("Lab");
if (process.argv[2] === "write") {
  await store.config.putToken(hash, token);
  await store.state.putDocument("kept", { value, version: 0 });
  await store.ledger.putEvent(subject, event);
} else {
  deepStrictEqual(await store.config.token(hash), token);
  deepStrictEqual((await store.state.document("kept"))?.value, value);
  deepStrictEqual(await store.ledger.events(subject, 5), [event]);
}
await close();
