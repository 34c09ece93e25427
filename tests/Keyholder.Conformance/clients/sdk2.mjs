// The TypeScript SDK 2.x: the modern era, 2026-07-28, falling back where the upstream is legacy.
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { run } from "./scenario.mjs";

await run({
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  clientOptions: { versionNegotiation: { mode: "auto" } },
  finishAuth: (transport, answer) => transport.finishAuth(answer),
  callWithOptions: (client, params, options) => client.callTool(params, options),
});
