/** The servers that scanners are compared on, each stack in the modes that it still has. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ScanTargetJson } from "../../../lib/cli/scan-schema.ts";
import { run } from "../cache.ts";
import { startExim } from "../exim.ts";
import { startPostfix } from "../postfix.ts";
import { startGnutls, startGo, startJava, startSServer, type TlsServer } from "./servers.ts";

export interface Stack {
  start(material: Material): Promise<TlsServer>;
  /** What is known of it by how it was started. */
  readonly knows: Partial<Known>;
  /** testssl.sh takes a third of a second for each suite that is accepted, and minutes for hundreds. */
  readonly testssl?: boolean;
}

export interface Known {
  readonly versions: readonly ScanTargetJson["protocols"][number]["name"][];
  /** By name; all of them. */
  readonly groups: readonly string[];
  /** Sizes of its primes. */
  readonly dh: readonly number[];
  readonly preference: "server" | "client";
  readonly certificates: number;
  /** Of version and suite. */
  readonly pairs: number;
  /** Substrings of OpenSSL's names, at least one suite each. */
  readonly suites: readonly string[];
}

/** Paths of PEM files: certificates have their key before them, `dh…` are parameters, `psk` is GnuTLS's list of secrets. */
export type Material = Readonly<Record<(typeof files)[number], string>>;

const files = ["rsa", "ec", "dss", "brainpool", "dh1024", "dh2048", "dh4096", "psk"] as const;

const newKey: Readonly<Record<string, readonly string[]>> = {
  rsa: ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
  ec: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
  brainpool: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"],
};
/** Short ones are made in no time; long ones are published. */
const newParameters: Readonly<Record<string, readonly string[]>> = {
  dh1024: ["dhparam", "1024"],
  dh2048: ["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:modp_2048"],
  dh4096: ["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:modp_4096"],
};

/** Made by the system's OpenSSL. */
export async function makeMaterial(folder: string): Promise<Material> {
  const paths = Object.fromEntries(files.map((name) => [name, join(folder, `${name}.pem`)])) as Material;
  const certify = async (key: keyof Material) => {
    const subject = ["-subj", "/CN=mx.peers.example", "-addext", "subjectAltName=DNS:mx.peers.example", "-days", "30"];
    const certificate = await openssl("req", "-x509", "-new", "-key", paths[key], ...subject);
    await run("tee", ["-a", paths[key]], { input: certificate });
  };
  for (const [name, args] of Object.entries({ ...newKey, ...newParameters })) {
    await run("tee", [paths[name as keyof Material]], { input: await openssl(...args) });
  }
  await openssl("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024", "-out", paths.dss);
  await run("tee", [paths.dss], { input: await openssl("genpkey", "-paramfile", paths.dss) });
  for (const key of ["rsa", "ec", "dss", "brainpool"] as const) await certify(key);
  await run("tee", [paths.psk], { input: `sender:${secret}\n` });
  return paths;
}

async function openssl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run("openssl", args);
  if (code !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
  return stdout;
}

const secret = "00112233445566778899aabbccddeeff";
const every13 = [
  "AES_128_GCM_SHA256",
  "AES_256_GCM_SHA384",
  "CHACHA20_POLY1305_SHA256",
  "AES_128_CCM_SHA256",
  "AES_128_CCM_8_SHA256",
];
const all13 = ["-ciphersuites", every13.map((name) => `TLS_${name}`).join(":")];
const suites = (list: string) => ["-cipher", `${list}:@SECLEVEL=0`];
const since10 = ["-min_protocol", "TLSv1"];
const psk = ["-psk", secret, "-psk_hint", "hint"];
const oldCurves = [
  "secp224r1",
  "secp192r1",
  "secp256k1",
  "brainpoolP256r1",
  "brainpoolP384r1",
  "brainpoolP512r1",
  "sect283r1",
  "sect571k1",
];
const everyGnutls = [
  "NORMAL:+VERS-TLS1.1:+VERS-TLS1.0:+SHA256:+SHA384:+SIGN-ALL:+GROUP-ALL:%PROFILE_VERY_WEAK:%SERVER_PRECEDENCE",
  "+ANON-DH:+ANON-ECDH:+DHE-DSS:+PSK:+DHE-PSK:+ECDHE-PSK",
  "+CAMELLIA-256-GCM:+CAMELLIA-128-GCM:+CAMELLIA-256-CBC:+CAMELLIA-128-CBC:+AES-256-CCM-8:+AES-128-CCM-8",
].join(":");
/** With one of these GnuTLS leaves TLS 1.3 out. */
const legacyGnutls = `${everyGnutls}:+RSA-PSK:+NULL:+ARCFOUR-128:+3DES-CBC:+MD5`;

function gnutlsOptions({ rsa, ec, dss, psk: secrets, dh1024 }: Material, priority: string): readonly string[] {
  const certificates = [rsa, ec, dss].flatMap((file) => ["--x509certfile", file, "--x509keyfile", file]);
  return [...certificates, "--pskpasswd", secrets, "--dhparams", dh1024, "--priority", priority];
}

/** One Postfix with these settings. */
async function startMailServer(settings: Readonly<Record<string, string>>): Promise<TlsServer> {
  const postfix = await startPostfix({ only: { settings } });
  return { speaks: "smtp", ports: [postfix.port("only")], stop: () => postfix.stop() };
}

const everything = {
  smtpd_tls_ciphers: "medium",
  tls_medium_cipherlist: "ALL:COMPLEMENTOFALL:@SECLEVEL=0",
  smtpd_tls_protocols: ">=TLSv1",
  tls_preempt_cipherlist: "yes",
};

/**
 * OpenSSL 3 has no SSLv2, SSLv3, EXPORT, static DH or ECDH, compression, nor DH below 1024 bits any more: Java's has most of
 * them.
 */
export const stacks: Readonly<Record<string, Stack>> = {
  "Postfix, modern": {
    start: ({ rsa }) =>
      startMailServer({
        smtpd_tls_chain_files: rsa,
        smtpd_tls_protocols: ">=TLSv1.2",
        smtpd_tls_exclude_ciphers: "aNULL",
      }),
    knows: { versions: ["TLSv1.2", "TLSv1.3"], certificates: 1 },
  },
  "Postfix: all suites": {
    start: ({ rsa }) => startMailServer({ ...everything, smtpd_tls_chain_files: rsa }),
    knows: { versions: ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"], pairs: 104, preference: "server" },
  },
  "Postfix: two certificates": {
    start: ({ rsa, ec }) => startMailServer({ ...everything, smtpd_tls_chain_files: `${rsa},${ec}` }),
    knows: { certificates: 2 },
  },
  "Exim on GnuTLS": {
    async start({ rsa }) {
      const pem = await readFile(rsa, "utf8");
      const exim = await startExim({ certificate: pem, key: pem });
      return { speaks: "smtp", ports: [exim.port], stop: () => exim.stop() };
    },
    knows: {},
    testssl: true,
  },
  "OpenSSL: all suites, RSA and DSS, DH of 1024 bits": {
    start: ({ rsa, dss, dh1024 }) =>
      startSServer([
        "-cert",
        rsa,
        "-dcert",
        dss,
        "-dkey",
        dss,
        "-dhparam",
        dh1024,
        ...suites("ALL:COMPLEMENTOFALL"),
        ...all13,
        ...since10,
        ...psk,
        "-serverpref",
      ]),
    knows: {
      versions: ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
      dh: [1024],
      preference: "server",
      certificates: 2,
      suites: [
        "NULL-MD5",
        "ADH-",
        "AECDH-",
        "PSK-",
        "RSA-PSK-",
        "DHE-PSK-",
        "DHE-DSS-",
        "CAMELLIA",
        "ARIA",
        "CCM8",
        "TLS_AES_128_CCM_8_SHA256",
      ],
    },
  },
  "OpenSSL: two certificates, the client's order, DH of 4096 bits": {
    start: ({ rsa, ec, dh4096 }) =>
      startSServer([
        "-cert",
        rsa,
        "-dcert",
        ec,
        "-dkey",
        ec,
        "-dhparam",
        dh4096,
        ...suites("ECDHE+AESGCM:DHE+AESGCM:ECDHE+CHACHA20"),
      ]),
    knows: { versions: ["TLSv1.2", "TLSv1.3"], dh: [4096], preference: "client", certificates: 2 },
    testssl: true,
  },
  "OpenSSL: old curves, DH of 2048 bits": {
    start: ({ rsa, dh2048 }) =>
      startSServer([
        "-cert",
        rsa,
        "-dhparam",
        dh2048,
        "-groups",
        oldCurves.join(":"),
        ...suites("ECDHE+AESGCM:ECDHE-RSA-AES128-SHA:DHE+ARIA"),
        ...since10,
        "-no_tls1_3",
      ]),
    testssl: true,
    knows: { versions: ["TLSv1", "TLSv1.1", "TLSv1.2"], groups: oldCurves, dh: [2048] },
  },
  "OpenSSL: a key on a brainpool curve": {
    start: ({ brainpool }) =>
      startSServer([
        "-cert",
        brainpool,
        ...suites("ECDHE+AESGCM:ECDHE+ARIA"),
        "-groups",
        "brainpoolP256r1:brainpoolP384r1",
      ]),
    testssl: true,
    knows: { versions: ["TLSv1.2"], groups: ["brainpoolP256r1", "brainpoolP384r1"], certificates: 1 },
  },
  "OpenSSL: DSS alone": {
    start: ({ dss }) => startSServer(["-cert", dss, ...suites("DSS"), "-sigalgs", "DSA+SHA256:DSA+SHA1", ...since10]),
    knows: { versions: ["TLSv1", "TLSv1.1", "TLSv1.2"], certificates: 1 },
  },
  "OpenSSL: anonymous alone": {
    start: () => startSServer(["-nocert", ...suites("aNULL"), ...since10]),
    knows: { versions: ["TLSv1", "TLSv1.1", "TLSv1.2"], certificates: 0 },
  },
  "OpenSSL: shared secrets alone": {
    start: () => startSServer(["-nocert", ...suites("PSK:DHE-PSK-NULL-SHA"), ...psk, "-tls1_2"]),
    knows: { versions: ["TLSv1.2"], certificates: 0 },
  },
  "OpenSSL: TLS 1.3 alone, rare groups": {
    start: ({ ec }) =>
      startSServer(["-cert", ec, "-tls1_3", ...all13, "-groups", "X448:P-521:ffdhe3072", "-serverpref"]),
    knows: { versions: ["TLSv1.3"], groups: ["x448", "secp521r1", "ffdhe3072"], preference: "server" },
  },
  "GnuTLS: three certificates": {
    start: (material) => startGnutls(gnutlsOptions(material, everyGnutls)),
    knows: {
      versions: ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
      preference: "server",
      certificates: 3,
      suites: ["CAMELLIA_256_GCM", "CCM8"],
    },
  },
  "GnuTLS: NULL, RC4 and shared secrets": {
    start: (material) => startGnutls(gnutlsOptions(material, legacyGnutls)),
    knows: {
      versions: ["TLSv1", "TLSv1.1", "TLSv1.2"],
      suites: ["NULL-MD5", "RC4-MD5", "RSA-PSK-NULL-SHA384", "ECDHE-PSK-RC4-SHA"],
    },
  },
  Go: {
    start: ({ rsa, ec }) => startGo([rsa, ec]),
    knows: {
      versions: ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
      certificates: 2,
      suites: ["RC4-SHA", "DES-CBC3-SHA"],
    },
    testssl: true,
  },
  "Java: SSLv3, EXPORT, static ECDH": {
    start: ({ rsa, ec, dss }) => startJava("everything", [rsa, ec, dss]),
    knows: {
      versions: ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
      dh: [512, 768],
      certificates: 3,
      suites: ["EXP-RC4-MD5", "EXP-ADH-RC4-MD5", "ECDH-ECDSA-", "DES-CBC-SHA", "NULL-SHA256"],
    },
  },
  "Java as it comes": {
    start: ({ rsa, ec }) => startJava("modern", [rsa, ec]),
    knows: { versions: ["TLSv1.2", "TLSv1.3"], certificates: 2 },
  },
};
