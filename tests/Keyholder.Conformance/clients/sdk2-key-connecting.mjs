// The TypeScript SDK 2.x with a virtual key.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { run } from "./key-connecting.mjs";

await run({ Client, StreamableHTTPClientTransport, clientOptions: { versionNegotiation: { mode: "auto" } } });
