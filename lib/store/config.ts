/** The config table: what people write. Only the command line and the API have rights on it. */

import { type Customer, defaultSettings, type FleetSettings, type Gateway } from "../model/customer.ts";
import { noNotify } from "../model/notify-settings.ts";
import type { Silence } from "../model/silence.ts";
import { shardOf, shards } from "./keys.ts";
import type { ConfigStore, Token } from "./store.ts";
import type { Item, Key, Table } from "./table.ts";

const settingsKey: Key = { pk: "FLEET", sk: "SETTINGS" };
const revisionKey: Key = { pk: "FLEET", sk: "REVISION" };
const gatewaysPartition = "GATEWAYS";
const tokensPartition = "TOKENS";
const silencesPartition = "SILENCES";

type SettingsItem = Item & { settings: FleetSettings };
type RevisionItem = Item & { revision: number };
type GatewayItem = Item & { gateway: Gateway };
type CustomerItem = Item & { customer: Customer };
type TokenItem = Item & { token: Token };
type SilenceItem = Item & { silence: Silence };

const customerKey = (id: string): Key => ({ pk: `CUSTOMER#${shardOf(id)}`, sk: id });
const gatewayKey = (id: string): Key => ({ pk: gatewaysPartition, sk: id });
const tokenKey = (hash: string): Key => ({ pk: tokensPartition, sk: hash });
const silenceKey = (id: string): Key => ({ pk: silencesPartition, sk: id });

export function configStore(table: Table): ConfigStore {
  async function gateways(): Promise<readonly Gateway[]> {
    const all: Gateway[] = [];
    for await (const { gateway } of table.query<GatewayItem>(gatewaysPartition)) all.push(gateway);
    return all;
  }

  return {
    async settings() {
      const item = await table.get<SettingsItem>(settingsKey);
      const settings = { ...defaultSettings, ...item?.settings };
      // An older release kept no `sees`.
      const vantages = settings.vantages.map((vantage) => ({ ...vantage, sees: vantage.sees ?? "inside" }));
      return { ...settings, vantages, notify: { ...noNotify, ...settings.notify } };
    },
    async putSettings(settings) {
      await table.put({ ...settingsKey, settings });
    },

    gateways,
    async putGateways(wanted) {
      const kept = new Set(wanted.map(({ id }) => id));
      await table.putAll(wanted.map((gateway) => ({ ...gatewayKey(gateway.id), gateway })));
      await table.removeAll((await gateways()).filter(({ id }) => !kept.has(id)).map(({ id }) => gatewayKey(id)));
    },

    async customer(id) {
      return (await table.get<CustomerItem>(customerKey(id)))?.customer;
    },
    async *customers() {
      for (let shard = 0; shard < shards; shard++) {
        for await (const { customer } of table.query<CustomerItem>(`CUSTOMER#${shard}`)) yield customer;
      }
    },
    async putCustomers(customers) {
      await table.putAll(mapped(customers, (customer) => ({ ...customerKey(customer.id), customer })));
    },
    async removeCustomers(ids) {
      await table.removeAll(mapped(ids, customerKey));
    },

    async revision() {
      return (await table.get<RevisionItem>(revisionKey))?.revision ?? 0;
    },
    async bumpRevision() {
      return await table.add(revisionKey, "revision", 1);
    },

    async token(hash) {
      return (await table.get<TokenItem>(tokenKey(hash)))?.token;
    },
    async hasTokens() {
      for await (const _ of table.query<TokenItem>(tokensPartition)) return true;
      return false;
    },
    async putToken(hash, token) {
      await table.put({ ...tokenKey(hash), token });
    },
    async removeToken(hash) {
      return await table.remove(tokenKey(hash), { expression: "attribute_exists(#pk)" });
    },

    async silences() {
      const all: Silence[] = [];
      for await (const { silence } of table.query<SilenceItem>(silencesPartition)) all.push(silence);
      return all;
    },
    async putSilence(silence) {
      await table.put({ ...silenceKey(silence.id), silence });
    },
    async removeSilence(id) {
      return await table.remove(silenceKey(id), { expression: "attribute_exists(#pk)" });
    },
  };
}

async function* mapped<A, B>(all: Iterable<A> | AsyncIterable<A>, change: (one: A) => B): AsyncGenerator<B> {
  for await (const one of all) yield change(one);
}
