// The TypeScript SDK 1.x: the error of 2025-11-25 that carries elicitations.
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema, UrlElicitationRequiredError } from "@modelcontextprotocol/sdk/types.js";
import { linkInText, run } from "./connecting.mjs";

await run({
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  finishAuth: (transport, answer) => transport.finishAuth(answer.get("code")),
  listen: client => client.setRequestHandler(ElicitRequestSchema, () => ({ action: "decline" })),
  linkOf: error => (error instanceof UrlElicitationRequiredError ? error.elicitations[0].url : linkInText(error)),
});
