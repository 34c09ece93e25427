// The TypeScript SDK 1.x: the legacy era, 2025-11-25.
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { run } from "./scenario.mjs";

await run({
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  finishAuth: (transport, answer) => transport.finishAuth(answer.get("code")),
  callWithOptions: (client, params, options) => client.callTool(params, undefined, options),
});
