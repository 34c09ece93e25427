// An agent that has nothing but a virtual key, without an account at the upstream: the first call says where to connect,
// somebody who may does so in a browser, and the same call succeeds.
// Prints one JSON object; the test that started it asserts on that.

import { Browser } from "./browser.mjs";
import { linkInText } from "./connecting.mjs";
import { text } from "./scenario.mjs";

export async function run({ Client, StreamableHTTPClientTransport, clientOptions = {} }) {
  const [resource, mode] = process.argv.slice(2);
  const capabilities = mode === "text" ? {} : { elicitation: { url: {} } };
  const report = { links: [], pages: [] };

  try {
    report.before = await whoami();
  } catch (error) {
    report.error = { code: error.code, message: error.message };
    const link = error.data?.elicitations?.[0]?.url ?? linkInText(error);
    const browser = new Browser({ username: process.env.KEYHOLDER_USER, password: process.env.KEYHOLDER_PASSWORD });
    await browser.connect(link);
    report.links.push(link);
    report.pages.push(...browser.pages);
  }

  report.after = await whoami();
  console.log(JSON.stringify(report));
  process.exit(0);

  async function whoami() {
    const transport = new StreamableHTTPClientTransport(new URL(resource), {
      requestInit: { headers: { authorization: `Bearer ${process.env.KEYHOLDER_KEY}` } },
    });
    const client = new Client({ name: "conformance", version: "1.0.0" }, { ...clientOptions, capabilities });
    await client.connect(transport);
    const result = text(await client.callTool({ name: "whoami", arguments: {} }));
    await transport.close().catch(() => {});
    return result;
  }
}
