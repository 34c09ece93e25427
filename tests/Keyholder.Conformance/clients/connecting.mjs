// A client whose person's account at the upstream dies under it: the next call says where to connect, the person does so
// in her browser, and the same call succeeds, in the same session, without a new sign-in of the client.
// Prints one JSON object; the test that started it asserts on that.

import { Browser } from "./browser.mjs";
import { MemoryProvider, text } from "./scenario.mjs";

export async function run({ Client, StreamableHTTPClientTransport, UnauthorizedError, clientOptions = {}, finishAuth, listen, linkOf }) {
  const [resource] = process.argv.slice(2);
  const person = { username: process.env.KEYHOLDER_USER, password: process.env.KEYHOLDER_PASSWORD };
  const browser = new Browser(person);
  const provider = new MemoryProvider(browser);
  const report = { links: [], pages: [] };

  // Another browser than the one that authorized: the person has to sign in to show that it is she who asked.
  async function open(link) {
    report.links.push(link);
    const other = new Browser(person);
    await other.connect(link);
    report.pages.push(...other.pages);
  }

  const capabilities = process.argv[3] === "text" ? {} : { elicitation: { url: {} } };
  const { client, transport } = await connect();
  report.before = text(await whoami());
  for (const end of ["expire-access-tokens", "revoke-refresh-tokens"]) {
    await fetch(new URL(`/control/${end}`, process.env.UPSTREAM), { method: "POST" });
  }

  try {
    report.after = text(await whoami());
  } catch (error) {
    report.error = { code: error.code, message: error.message };
    await open(linkOf(error));
    report.after = text(await whoami());
  }

  report.protocol = transport.protocolVersion ?? null;
  report.authorizations = provider.authorizations;
  await transport.close().catch(() => {});
  console.log(JSON.stringify(report));
  process.exit(0);

  function whoami() {
    return client.callTool({ name: "whoami", arguments: {} });
  }

  async function connect() {
    for (let attempt = 0; ; attempt++) {
      const transport = new StreamableHTTPClientTransport(new URL(resource), { authProvider: provider });
      const client = new Client({ name: "conformance", version: "1.0.0" }, { ...clientOptions, capabilities });
      if (capabilities.elicitation) {
        listen(client, open);
      }
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

/** The link in the text of an error, for clients that can do no more than show it. */
export function linkInText(error) {
  return /https?:\/\/\S+\/connect\/\S+/.exec(error.message)[0];
}
