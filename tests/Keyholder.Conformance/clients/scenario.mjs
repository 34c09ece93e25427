// The same story for every TypeScript SDK: told nothing but the resource URL, the client discovers, registers, signs in,
// lists, calls, streams progress, refreshes by itself, and finds everything dead after an old refresh token is replayed.
// Prints one JSON object; the test that started it asserts on that.

import { Browser } from "./browser.mjs";

export const redirectUri = "http://localhost:33418/callback";

export async function run({ Client, StreamableHTTPClientTransport, UnauthorizedError, clientOptions = {}, finishAuth, callWithOptions }) {
  const [resource, tool] = process.argv.slice(2);
  const browser = new Browser({ username: process.env.KEYHOLDER_USER, password: process.env.KEYHOLDER_PASSWORD });
  const provider = new MemoryProvider(browser);
  const report = { resource };

  let { client, transport } = await connect();
  report.protocol = transport.protocolVersion ?? null;
  report.clientId = provider.client.client_id;
  report.scope = provider.saved.scope;
  report.authorizations = provider.authorizations;

  report.tools = (await client.listTools()).tools.map(t => t.name).sort();
  report.call = text(await client.callTool(tool === "whoami" ? { name: "whoami", arguments: {} } : { name: "echo", arguments: { message: "hello" } }));
  if (report.tools.includes("slow")) {
    report.progress = await progress(callWithOptions, client, { name: "slow", arguments: { steps: 3, intervalMs: 100 } });
  } else if (report.tools.includes("trigger-long-running-operation")) {
    report.progress = await progress(callWithOptions, client, { name: "trigger-long-running-operation", arguments: { duration: 1, steps: 3 } });
  }

  // The client notices the bad access token by itself and refreshes.
  const first = provider.saved.refresh_token;
  provider.saved = { ...provider.saved, access_token: "garbage" };
  report.afterRefresh = text(await client.callTool({ name: tool, arguments: tool === "echo" ? { message: "again" } : {} }));
  report.rotated = provider.saved.refresh_token !== first;

  // A response that got lost is asked for again: the very same successor.
  const second = provider.saved.refresh_token;
  const [one, two] = [await refresh(provider, second), await refresh(provider, second)];
  report.retryGivesTheSameSuccessor = one.body.refresh_token === two.body.refresh_token && one.status === 200;
  provider.saved = { ...provider.saved, ...two.body };

  // The first refresh token is two generations old now.
  const replay = await refresh(provider, first);
  report.replay = { status: replay.status, error: replay.body.error };
  const newest = await refresh(provider, two.body.refresh_token);
  report.newestAfterReplay = { status: newest.status, error: newest.body.error };
  const dead = await fetch(resource, {
    method: "POST",
    headers: {
      authorization: `Bearer ${two.body.access_token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
  });
  report.accessTokenAfterReplay = { status: dead.status, challenge: dead.headers.get("www-authenticate") };
  await transport.close().catch(() => {});

  // Everything a browser or a client saw, so that the test can look for what must not be there.
  report.pages = browser.pages;
  console.log(JSON.stringify(report));
  process.exit(0);

  async function connect() {
    for (let attempt = 0; ; attempt++) {
      const transport = new StreamableHTTPClientTransport(new URL(resource), { authProvider: provider });
      const client = new Client({ name: "conformance", version: "1.0.0" }, clientOptions);
      try {
        await client.connect(transport);
        return { client, transport };
      } catch (error) {
        if (!(error instanceof UnauthorizedError) || attempt > 0) {
          throw error;
        }
        await finishAuth(transport, provider.callback.searchParams);
      }
    }
  }
}

async function progress(callWithOptions, client, params) {
  const arrivals = [];
  const options = { onprogress: () => arrivals.push(performance.now()), timeout: 20000 };
  const result = await callWithOptions(client, params, options);
  const end = performance.now();
  return { text: text(result), events: arrivals.length, firstBeforeEndMs: arrivals.length > 0 ? Math.round(end - arrivals[0]) : 0 };
}

async function refresh(provider, refreshToken) {
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: provider.client.client_id,
    resource: provider.resource,
  });
  if (provider.client.client_secret) {
    body.set("client_secret", provider.client.client_secret);
  }
  const response = await fetch(new URL("/token", provider.resource), { method: "POST", body });
  return { status: response.status, body: await response.json() };
}

export function text(result) {
  return result.content.filter(c => c.type === "text").map(c => c.text).join("\n");
}

export class MemoryProvider {
  constructor(browser, resource = process.argv[2]) {
    this.browser = browser;
    this.authorizations = 0;
    this.resource = resource;
  }

  get redirectUrl() {
    return redirectUri;
  }

  get clientMetadata() {
    return {
      client_name: "Conformance client",
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
  }

  state() {
    return (this.expectedState = crypto.randomUUID());
  }

  clientInformation() {
    return this.client;
  }

  saveClientInformation(client) {
    this.client = client;
  }

  tokens() {
    return this.saved;
  }

  saveTokens(tokens) {
    this.saved = tokens;
  }

  async redirectToAuthorization(url) {
    this.authorizations++;
    this.callback = await this.browser.authorize(url, redirectUri);
    if (this.callback.searchParams.get("state") !== this.expectedState) {
      throw new Error("state does not match");
    }
  }

  saveCodeVerifier(verifier) {
    this.verifier = verifier;
  }

  codeVerifier() {
    return this.verifier;
  }

  // SDK 2 keeps what it discovered, to hold the answer's `iss` against it.
  saveDiscoveryState(state) {
    this.discovery = state;
  }

  discoveryState() {
    return this.discovery;
  }
}
