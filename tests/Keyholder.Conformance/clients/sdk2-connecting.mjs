// The TypeScript SDK 2.x: the result of 2026-07-28 that asks for input. The SDK asks, waits, and repeats the call by itself.
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { linkInText, run } from "./connecting.mjs";

await run({
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  clientOptions: { versionNegotiation: { mode: "auto" } },
  finishAuth: (transport, answer) => transport.finishAuth(answer),
  listen: (client, open) =>
    client.setRequestHandler("elicitation/create", async request => {
      await open(request.params.url);
      return { action: "accept" };
    }),
  linkOf: linkInText,
});
