import { expect, it } from "vitest";
import { releaseLeases } from "../../../lib/steps/release.ts";
import { owed } from "../../fakes/causes.ts";
import { fakeChannel } from "../../fakes/channels.ts";
import { Crash, crashingStore } from "../../fakes/crash.ts";
import { createOutboxes, minute } from "./outboxes.ts";

const outboxes = createOutboxes();

it("a process that is alone tells at once what its dead predecessor had in hand, and nobody twice who was marked", async () => {
  const [first, second] = [fakeChannel("console"), fakeChannel("smtp:ops@example.net")];
  const subject = await outboxes.owing([owed()]);
  // Lease, and the mark of the first; then it dies.
  const dying = crashingStore(outboxes.store, 2, "after").store;
  await expect(outboxes.pass({ store: dying, operators: [first, second] })).rejects.toThrow(Crash);
  outboxes.now += 1_000;
  await outboxes.pass({ operators: [first, second] });
  expect(second.letters).toHaveLength(0);
  await releaseLeases(outboxes.store);
  await outboxes.pass({ operators: [first, second] });
  expect([first.letters.length, second.letters.length]).toEqual([1, 1]);
  expect((await outboxes.cause(subject))?.outbox).toEqual([]);
});

it("what nobody has in hand is left as it is", async () => {
  const subject = await outboxes.owing([owed({}, { notBefore: outboxes.now + minute })]);
  const before = await outboxes.store.state.cause("cleartext", subject);
  await releaseLeases(outboxes.store);
  expect(await outboxes.store.state.cause("cleartext", subject)).toEqual(before);
});
