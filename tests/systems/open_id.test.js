// SPDX-License-Identifier: GPL-3.0-or-later
// Signing in through OpenID Connect: with a certified provider (oidc-provider), and against one that lies.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import Provider from "oidc-provider";
import { end } from "../support/end.mjs";

const bin = path.join(fileURLToPath(new URL("../..", import.meta.url)), "build/bin");
const folder = mkdtempSync(path.join(tmpdir(), "tidings-open-id-"));
const running = [];

after(async () => {
  for (const stop of running) await stop();
  rmSync(folder, { recursive: true, force: true });
});

// A port that was free a moment ago: the provider must know where we are before we are there.
const freePort = () => new Promise((resolve) => {
  const probe = net.createServer().listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => resolve(port)); });
});

async function startTidings(name, port, options) {
  const data = path.join(folder, name);
  const server = spawn(path.join(bin, "tidings-server"), ["--data", data, "--listen", "127.0.0.1:" + port, "--log", "off", "--public-url", "http://127.0.0.1:" + port, ...options],
    { stdio: ["ignore", "pipe", "inherit"] });
  running.push(() => end(server));
  await new Promise((resolve) => server.stdout.once("data", resolve));
  execFileSync(path.join(bin, "tidings-indexer"), ["--data", data, "--log", "off", "user", "add", "anna", "--role", "rep"]);
  return "http://127.0.0.1:" + port;
}

// Node 18 knows no getSetCookie. A date has a comma too, but no name behind it.
const cookiesOf = (response) => response.headers.get("set-cookie")?.split(/, (?=[^;,= ]+=)/) ?? [];

// A browser without a screen: keeps cookies by host and port, follows redirects one at a time.
class Browser {
  cookies = new Map();
  async go(url, form) {
    const { host } = new URL(url);
    const jar = this.cookies.get(host) ?? new Map();
    const response = await fetch(url, { redirect: "manual", method: form ? "POST" : "GET",
      headers: { cookie: [...jar].map(([name, value]) => name + "=" + value).join("; "), ...(form && { "content-type": "application/x-www-form-urlencoded" }) },
      body: form && new URLSearchParams(form).toString() });
    const cookies = cookiesOf(response);
    for (const cookie of cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    this.cookies.set(host, jar);
    const to = response.headers.get("location");
    return { status: response.status, to: to && new URL(to, url).href, text: await response.text(), cookies };
  }
  // Until somebody has to do something, or `stop` says that it is far enough.
  async follow(url, stop = () => false) {
    let page = await this.go(url);
    while (page.to && !stop(page.to)) page = { ...(await this.go(page.to)), at: page.to };
    return page;
  }
}

test("somebody whom the provider vouches for is signed in; whoever is no user here is not", async () => {
  const port = await freePort(), back = `http://127.0.0.1:${port}/api/v1/session/open-id/back`;
  const outer = http.createServer();
  await new Promise((resolve) => outer.listen(0, "127.0.0.1", resolve));
  const issuer = "http://127.0.0.1:" + outer.address().port;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "tidings", client_secret: "s3cret+/ %", redirect_uris: [back] }],
    claims: { profile: ["preferred_username"] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ["one"] },
    findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id }) }),
  });
  outer.on("request", provider.callback());
  running.push(() => outer.close());
  const secret = path.join(folder, "secret");
  writeFileSync(secret, "s3cret+/ %\n");
  const url = await startTidings("real", port, ["--open-id", issuer, "--open-id-client", "tidings", "--open-id-secret-file", secret, "--private-open-id"]);
  assert.deepEqual(await (await fetch(url + "/api/v1/session/ways")).json(), { password: true, open_id: true });

  const signIn = async (browser, who, stop) => {
    let page = await browser.follow(url + "/api/v1/session/open-id");
    assert.equal(page.status, 200, page.text);
    page = await browser.go(page.at, { prompt: "login", login: who, password: "any" });
    page = await browser.follow(page.to, stop);
    if (page.at?.includes("/interaction/") && page.status === 200) {  // consent
      page = await browser.go(page.at, { prompt: "consent" });
      page = stop && stop(page.to) ? page : await browser.follow(page.to, stop);
    }
    return page;
  };
  const anna = new Browser();
  await signIn(anna, "anna");
  const me = await anna.go(url + "/api/v1/session");
  assert.equal(me.status, 200, me.text);
  assert.equal(JSON.parse(me.text).name, "anna");

  const stranger = new Browser();
  const end = await signIn(stranger, "mallory");
  assert.match(end.at, /refused=unauthenticated/);
  assert.equal((await stranger.go(url + "/api/v1/session")).status, 401);

  // A way back that somebody else began is refused, and so is one that was used.
  const victim = new Browser(), attacker = new Browser();
  const caught = (await signIn(attacker, "anna", (to) => to.startsWith(back))).to;
  assert.ok(caught.startsWith(back), caught);
  assert.match((await victim.go(caught)).to, /refused=unauthenticated/);
  assert.equal((await victim.go(url + "/api/v1/session")).status, 401);
  assert.doesNotMatch((await attacker.go(caught)).to, /refused/);
  assert.match((await attacker.go(caught)).to, /refused=unauthenticated/);
});

test("no token of a lying provider is believed, and a provider on our own network is not asked unless that is wished", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const b64 = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
  const signed = (header, claims, key = privateKey) => {
    const text = b64(header) + "." + b64(claims);
    return text + "." + createSign("RSA-SHA256").update(text).sign(key).toString("base64url");
  };
  let issuer, lie, nonce;
  const liar = http.createServer((request, response) => {
    const answer = request.url.includes("openid-configuration")
      ? { issuer, authorization_endpoint: issuer + "/auth", token_endpoint: issuer + "/token", jwks_uri: issuer + "/keys" }
      : request.url === "/keys" ? { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" }] } : lie(nonce);
    response.writeHead(200, { "content-type": "application/json" }).end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  await new Promise((resolve) => liar.listen(0, "127.0.0.1", resolve));
  running.push(() => liar.close());
  issuer = "http://127.0.0.1:" + liar.address().port;
  const options = ["--open-id", issuer, "--open-id-client", "tidings"];
  const url = await startTidings("lied-to", await freePort(), [...options, "--private-open-id"]);
  const now = () => Math.floor(Date.now() / 1000);
  const good = () => ({ iss: issuer, aud: "tidings", sub: "1", exp: now() + 60, iat: now(), nonce, preferred_username: "anna" });
  const comeBack = async (how) => {
    lie = how;
    const browser = new Browser();
    const begun = new URL((await browser.go(url + "/api/v1/session/open-id")).to);
    nonce = begun.searchParams.get("nonce");
    assert.equal(begun.searchParams.get("code_challenge_method"), "S256");
    return (await browser.go(url + "/api/v1/session/open-id/back?code=c&state=" + begun.searchParams.get("state"))).to;
  };
  const rs = { alg: "RS256", kid: "k" };
  assert.doesNotMatch(await comeBack(() => ({ id_token: signed(rs, good()) })), /refused/);
  const lies = {
    "signed by another key": () => ({ id_token: signed(rs, good(), other.privateKey) }),
    "not signed": () => ({ id_token: b64({ alg: "none" }) + "." + b64(good()) + "." }),
    "signed with the public key as a secret": () => {
      const text = b64({ alg: "HS256", kid: "k" }) + "." + b64(good());
      return { id_token: text + "." + createHmac("sha256", publicKey.export({ format: "pem", type: "spki" })).update(text).digest("base64url") };
    },
    "of another issuer": () => ({ id_token: signed(rs, { ...good(), iss: "https://evil.example" }) }),
    "for another client": () => ({ id_token: signed(rs, { ...good(), aud: "others" }) }),
    "for several, authorised for another": () => ({ id_token: signed(rs, { ...good(), aud: ["tidings", "others"], azp: "others" }) }),
    "expired": () => ({ id_token: signed(rs, { ...good(), exp: now() - 600 }) }),
    "from the future": () => ({ id_token: signed(rs, { ...good(), iat: now() + 6000 }) }),
    "of another sign-in": () => ({ id_token: signed(rs, { ...good(), nonce: "x" }) }),
    "without a name": () => ({ id_token: signed(rs, { ...good(), preferred_username: undefined }) }),
    "with a name that is none": () => ({ id_token: signed(rs, { ...good(), preferred_username: { a: 1 } }) }),
    "with numbers that are none": () => ({ id_token: signed(rs, { ...good(), exp: "soon" }) }),
    "cut off": () => ({ id_token: signed(rs, good()).slice(0, 40) }),
    "no token": () => ({}),
    "no JSON": () => "<html>",
    "far too long": () => ({ id_token: "x".repeat(5 << 20) }),
  };
  for (const [what, how] of Object.entries(lies)) assert.match(await comeBack(how), /refused=(unauthenticated|unavailable)/, what);

  const careful = await startTidings("careful", await freePort(), options);
  assert.equal((await fetch(careful + "/api/v1/session/open-id", { redirect: "manual" })).status, 503);
});
