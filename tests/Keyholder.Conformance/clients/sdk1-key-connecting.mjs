// The TypeScript SDK 1.x with a virtual key.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { run } from "./key-connecting.mjs";

await run({ Client, StreamableHTTPClientTransport });
