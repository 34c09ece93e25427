using Walkthrough.Servers;

namespace Walkthrough;

/// <summary>What the demo prints when the story is told and the servers stay up.</summary>
internal static class Closing
{
    public static string Text(DemoEnvironment demo) => $$"""

        Keyholder stays up. Try it with a real MCP host:

          claude mcp add --transport http whoami {{demo.Resource("whoami")}}
          code --add-mcp '{"name":"whoami","type":"http","url":"{{demo.Resource("whoami")}}"}'
          npx @modelcontextprotocol/inspector        and enter {{demo.Resource("whoami")}}

        It will open a browser. Sign in as "{{demo.Username}}" with the password {{demo.Password}}

          Keyholder        {{demo.Issuer}}
          its metadata     {{new Uri(demo.Issuer, "/.well-known/oauth-authorization-server")}}
          resources        {{demo.Resource("whoami")}}   each person's own account at the upstream
                           {{demo.Resource("open")}}     an upstream without authorization
                           {{demo.Resource("keyed")}}    an upstream with one API key for everybody
          demo upstream    {{demo.UpstreamUrl}}          switches for misbehaviour: POST /control

        Ctrl+C ends it.
        """;
}
