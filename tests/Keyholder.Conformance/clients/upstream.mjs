// The "client" of the conformance suite's auth scenarios: Keyholder itself, as the OAuth client of the suite's servers.
// The suite appends its server's URL. A Keyholder of our own is started with that URL as a discovered resource, a person signs in at
// it (and by that at the suite's authorization server), and every call goes through it.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { Browser } from "./browser.mjs";
import { MemoryProvider } from "./scenario.mjs";

const binary = process.env.KEYHOLDER_BINARY;
const upstream = process.argv.at(-1);
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
const person = { username: "person1", password: "a-password-for-one-run" };
const attempts = 4;

const folder = mkdtempSync(join(tmpdir(), "keyholder-upstream-"));
let keyholder;
try {
  const issuer = `http://localhost:${await freePort()}`;
  const config = join(folder, "keyholder.json");
  writeFileSync(config, JSON.stringify(configuration(issuer)));
  await start(issuer, config);
  await use(`${issuer}/mcp/suite`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  keyholder?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

function configuration(issuer) {
  const discovery = { allowPrivateAddresses: true };
  if (context.client_id) {
    Object.assign(discovery, { issuer: context.issuer, clientId: context.client_id, clientSecret: context.client_secret });
  } else if (process.env.MCP_CONFORMANCE_SCENARIO === "auth/basic-cimd") {
    // The document the suite knows stands for the one Keyholder publishes itself, which needs a public https address.
    discovery.clientId = "https://conformance-test.local/client-metadata.json";
  }
  return {
    server: { listen: [issuer] },
    storage: { kind: "sqlite", path: join(folder, "keyholder.db") },
    resources: { suite: { upstream, auth: "discovered", discovery } },
  };
}

async function start(issuer, config) {
  const added = spawnSync(binary, ["user", "add", person.username, "--password-stdin", "--config", config], { input: person.password });
  if (added.status !== 0) {
    throw new Error(`user add: ${added.stdout}${added.stderr}`);
  }
  keyholder = spawn(binary, ["serve", "--config", config], { stdio: ["ignore", "inherit", "inherit"] });
  for (let i = 0; i < 400; i++) {
    const ready = await fetch(`${issuer}/healthz/ready`).catch(() => undefined);
    if (ready?.ok) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error("Keyholder was not ready in time");
}

// What a person does when a call cannot be made any more: connect again, a few times at most.
async function use(resource) {
  const provider = new MemoryProvider(new Browser(person), resource);
  for (let attempt = 1; ; attempt++) {
    try {
      const client = await connect(resource, provider);
      console.log(JSON.stringify(await client.listTools()));
      console.log(JSON.stringify(await client.callTool({ name: "test-tool", arguments: {} })));
      return;
    } catch (error) {
      console.error(`attempt ${attempt}: ${error}`);
      if (attempt === attempts) {
        throw error;
      }
      provider.saved = undefined;
    }
  }
}

async function connect(resource, provider) {
  for (let attempt = 0; ; attempt++) {
    const transport = new StreamableHTTPClientTransport(new URL(resource), { authProvider: provider });
    const client = new Client({ name: "conformance", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
    try {
      await client.connect(transport);
      return client;
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || attempt > 0) {
        throw error;
      }
      await transport.finishAuth(provider.callback.searchParams);
    }
  }
}

function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
