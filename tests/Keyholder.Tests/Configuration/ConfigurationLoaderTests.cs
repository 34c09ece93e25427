using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;

namespace Keyholder.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private const string VaultKey = "a:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-configuration-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void No_configuration_listens_on_loopback_with_a_database_and_no_resources()
    {
        var configuration = Load("{}");

        configuration.Issuer.Value.ShouldBe("http://localhost:7717");
        configuration.Listen.ShouldBe(KeyholderConfiguration.Default.Listen);
        configuration.Storage.ShouldBe(KeyholderConfiguration.Default.Storage);
        configuration.Sessions.ShouldBe(KeyholderConfiguration.Default.Sessions);
        configuration.Resources.Resources.ShouldBeEmpty();
    }

    [Fact]
    public void The_connection_string_of_PostgreSQL_can_come_from_the_environment_and_is_never_shown()
    {
        var configuration = Load(
            """{ "storage": { "kind": "postgres", "connectionString": "${env:DATABASE}" }, "vault": { "keyFile": "vault.key" } }""",
            ("DATABASE", "Host=db.example;Database=keys;Username=kh;Password=canary"));

        configuration.Storage.ConnectionString.ShouldBe("Host=db.example;Database=keys;Username=kh;Password=canary");
        configuration.ToString().ShouldNotContain("canary");
        StartupReport.Of(configuration, null).ShouldContain("PostgreSQL keys at db.example");
        StartupReport.Of(configuration, null).ShouldNotContain("canary");
    }

    [Fact]
    public void Comments_trailing_commas_and_the_schema_key_are_fine()
    {
        var configuration = Load("""
            {
              "$schema": "./keyholder.schema.json", // where editors look
              /* long-lived */
              "sessions": { "idleLifetime": "12h", },
            }
            """);

        configuration.Sessions.IdleLifetime.ShouldBe(TimeSpan.FromHours(12));
    }

    [Fact]
    public void A_resource_gets_its_uris_from_the_issuer_and_a_scope_of_its_own()
    {
        var resource = Load("""
            { "server": { "publicUrl": "https://Keys.Example.com/" }, "resources": { "search": { "upstream": "https://search.example/mcp", "auth": "none" } } }
            """).Resources.FindByName("search").ShouldNotBeNull();

        resource.Uri.ShouldBe("https://keys.example.com/mcp/search");
        resource.MetadataUri.ShouldBe("https://keys.example.com/.well-known/oauth-protected-resource/mcp/search");
        resource.Scopes.ShouldBe([new ResourceScope("mcp:search", "Use search")]);
        resource.DefaultScopes.ShouldBe(["mcp:search"]);
        resource.RequiredScopes.ShouldBe(["mcp:search"]);
        resource.MaxRequestBodyBytes.ShouldBe(4 * 1024 * 1024);
    }

    [Fact]
    public void Configured_scopes_are_all_granted_by_default_and_none_is_required()
    {
        var resource = Load("""
            { "resources": { "search": { "upstream": "https://search.example/mcp", "auth": "none", "scopes": { "read": "Read", "write": "Change" } } } }
            """).Resources.Resources.Single();

        resource.DefaultScopes.ShouldBe(["read", "write"]);
        resource.RequiredScopes.ShouldBeEmpty();
    }

    [Fact]
    public void A_resource_with_a_provider_holds_that_provider()
    {
        var configuration = Load("""
            {
              "providers": { "hub": { "kind": "oidc", "issuer": "https://hub.example", "clientId": "kh", "clientSecret": "s3cret", "signIn": true, "scopes": ["repo"],
                "authorizationParameters": { "prompt": "consent" } } },
              "resources": { "code": { "upstream": "https://hub.example/mcp", "auth": "userOAuth", "provider": "hub" } }
            }
            """);

        var provider = configuration.Resources.FindByName("code")!.Providers.ShouldHaveSingleItem().Provider;
        provider.ShouldBeSameAs(configuration.Resources.FindProvider("hub"));
        provider.ClientAuthMethod.ShouldBe("client_secret_basic");
        provider.AuthorizationParameters.ShouldBe([new("prompt", "consent")]);
    }

    [Fact]
    public void A_resource_with_several_providers_holds_them_in_order()
    {
        var resource = Load("""
            {
              "providers": {
                "hub": { "kind": "oidc", "issuer": "https://hub.example", "clientId": "kh", "owner": "shared" },
                "key": { "kind": "headers", "headers": { "X-Api-Key": { "label": "API key", "prefix": "Token " }, "X-Tenant": { "required": false } } },
              },
              "resources": {
                "code": { "upstream": "https://hub.example/mcp", "auth": "credentials", "providers": [{ "provider": "key" }, { "provider": "hub", "required": false, "header": "X-Hub" }] },
              },
            }
            """).Resources.Resources.Single();

        resource.Providers.Select(p => (p.Provider.Name, p.Provider.Owner, p.Required, p.Header))
            .ShouldBe([("key", ProviderOwner.Subject, true, null), ("hub", ProviderOwner.Shared, false, "X-Hub")]);
        resource.Providers[0].Provider.Headers.ShouldBe([new("x-api-key", "API key", true, "Token "), new("x-tenant", "X-Tenant", false, "")]);
    }

    [Fact]
    public void A_provider_keeps_the_shared_redirect_URI_unless_its_own_is_asked_for()
    {
        var resources = Load("""
            {
              "providers": {
                "hub": { "kind": "oidc", "issuer": "https://hub.example", "clientId": "kh" },
                "own": { "kind": "oidc", "issuer": "https://own.example", "clientId": "kh", "callback": "own" },
                "github": { "clientId": "kh", "clientSecret": "s", "callback": "own" },
              },
            }
            """).Resources;

        resources.Providers.Select(p => (p.Name, p.Callback))
            .ShouldBe([("hub", ProviderCallback.Shared), ("own", ProviderCallback.Own), ("github", ProviderCallback.Own)], ignoreOrder: true);
    }

    [Fact]
    public void A_list_of_providers_is_a_list_of_objects()
    {
        var problems = Problems("""
            {
              "resources": {
                "a": { "upstream": "https://a.example", "auth": "credentials", "providers": "hub" },
                "b": { "upstream": "https://b.example", "auth": "credentials", "providers": [{ "provider": "hub", "requird": true }, "hub"] }
              }
            }
            """).Select(p => p.ToString());

        problems.ShouldContain("resources.a.providers: must be a list of objects");
        problems.ShouldContain("resources.b.providers[0].requird: is not a known key; did you mean required?");
        problems.ShouldContain("resources.b.providers[1]: must be an object");
    }

    [Fact]
    public void A_configured_client_keeps_only_the_hash_of_its_secret()
    {
        var client = Load("""
            { "clients": { "agent": { "redirectUris": ["https://agent.example/cb"], "secret": "0123456789abcdef" } } }
            """).Clients.Single();

        client.SecretHash.ShouldBe(System.Security.Cryptography.SHA256.HashData("0123456789abcdef"u8));
        client.TokenEndpointAuthMethod.ShouldBe("client_secret_basic");
        client.ApplicationType.ShouldBe("web");
    }

    [Fact]
    public void A_client_for_devices_alone_needs_no_redirect_uri_and_others_do_not_get_the_grant()
    {
        var clients = Load("""
            { "clients": { "tv": { "deviceGrant": true }, "agent": { "redirectUris": ["https://agent.example/cb"] } } }
            """).Clients;

        clients.Single(client => client.Id == "tv").GrantTypes.ShouldBe(["refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]);
        clients.Single(client => client.Id == "agent").GrantTypes.ShouldBe(["refresh_token", "authorization_code"]);
    }

    [Fact]
    public void Secrets_come_from_the_environment_and_from_files()
    {
        var file = Path.Combine(_directory.FullName, "token");
        File.WriteAllText(file, "from-file\n");
        var headers = Load(
            """
            { "resources": { "a": { "upstream": "https://a.example/mcp", "auth": "staticHeaders",
              "headers": { "Authorization": "Bearer ${env:TOKEN}", "X-Key": "${file:FILE}", "X-Literal": "$${env:TOKEN}" } } } }
            """.Replace("FILE", file, StringComparison.Ordinal),
            ("TOKEN", "${env:HOME}")).Resources.Resources.Single().StaticHeaders;

        headers.ShouldBe([new("Authorization", "Bearer ${env:HOME}"), new("X-Key", "from-file"), new("X-Literal", "${env:TOKEN}")]);
    }

    [Fact]
    public void The_environment_wins_over_the_file_whatever_its_case()
    {
        var configuration = Load(
            """{ "sessions": { "idleLifetime": "1h" }, "resources": { "a": { "upstream": "https://old.example/mcp", "auth": "none" } } }""",
            ("KEYHOLDER__SESSIONS__IDLELIFETIME", "2h"),
            ("KEYHOLDER__resources__A__upstream", "https://new.example/mcp"),
            ("KEYHOLDER__registration__capacity", "5"),
            ("KEYHOLDER__server__listen", """["http://127.0.0.1:8080"]"""));

        configuration.Sessions.IdleLifetime.ShouldBe(TimeSpan.FromHours(2));
        configuration.Resources.Resources.Single().Upstream.Host.ShouldBe("new.example");
        configuration.Registration.Capacity.ShouldBe(5);
        configuration.Issuer.Value.ShouldBe("http://127.0.0.1:8080");
    }

    [Fact]
    public void Everything_that_is_wrong_is_listed_at_once()
    {
        var problems = Problems("""
            {
              "sesions": {},
              "tokens": { "lifetime": "2h", "lifetimes": "1m" },
              "server": { "listen": "http://localhost:1" },
              "resources": { "A!": { "auth": "none" }, "b": { "upstream": "ftp://b", "auth": "userOauth" } }
            }
            """);

        problems.Select(p => p.ToString()).ShouldBe(
            [
                "sesions: is not a known key; did you mean sessions?",
                "tokens.lifetime: must be from 1m to 1h",
                "tokens.lifetimes: is not a known key; did you mean lifetime?",
                "server.listen: must be a list of strings",
                "resources.b.auth: must be one of none, staticHeaders, credentials, userOAuth, tokenExchange, discovered",
                "resources.A!: a resource name is 1 to 63 of a-z, 0-9 and -, and neither begins nor ends with -",
                "resources.A!.upstream: is missing",
                "resources.b.upstream: is not an absolute http or https URL",
            ],
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("[]", "$")]
    [InlineData("{", "$")]
    [InlineData("""{ "server": {}, "server": {} }""", "$")]
    [InlineData("""{ "storage": { "kind": "SQLite" } }""", "storage.kind")]
    [InlineData("""{ "storage": { "path": null } }""", "storage.path")]
    [InlineData("""{ "storage": { "kind": "postgres" }, "vault": { "keyFile": "k" } }""", "storage.connectionString")]
    [InlineData("""{ "storage": { "kind": "postgres", "connectionString": "" }, "vault": { "keyFile": "k" } }""", "storage.connectionString")]
    [InlineData("""{ "storage": { "kind": "postgres", "connectionString": "Database=keyholder" }, "vault": { "keyFile": "k" } }""", "storage.connectionString")]
    [InlineData("""{ "storage": { "kind": "postgres", "connectionString": "postgresql://u:p@db/keyholder" }, "vault": { "keyFile": "k" } }""", "storage.connectionString")]
    [InlineData("""{ "storage": { "kind": "postgres", "connectionString": "Host=db" } }""", "vault.keyFile")]
    [InlineData("""{ "storage": { "connectionString": "Host=db" } }""", "storage.connectionString")]
    [InlineData("""{ "storage": { "path": "" } }""", "storage.path")]
    [InlineData("""{ "registration": { "capacity": "5" } }""", "registration.capacity")]
    [InlineData("""{ "registration": { "capacity": 0 } }""", "registration.capacity")]
    [InlineData("""{ "registration": { "enabled": 1 } }""", "registration.enabled")]
    [InlineData("""{ "sessions": { "codeLifetime": "0s" } }""", "sessions.codeLifetime")]
    [InlineData("""{ "sessions": { "codeLifetime": "11m" } }""", "sessions.codeLifetime")]
    [InlineData("""{ "sessions": { "codeLifetime": "-1m" } }""", "sessions.codeLifetime")]
    [InlineData("""{ "sessions": { "codeLifetime": "00:01:00" } }""", "sessions.codeLifetime")]
    [InlineData("""{ "sessions": { "codeLifetime": 60 } }""", "sessions.codeLifetime")]
    [InlineData("""{ "sessions": { "idleLifetime": "10d", "absoluteLifetime": "9d" } }""", "sessions.absoluteLifetime")]
    [InlineData("""{ "vault": { "keys": ["a:short"] } }""", "vault.keys")]
    [InlineData($$"""{ "vault": { "keys": ["{{VaultKey}}"], "keyFile": "k" } }""", "vault.keyFile")]
    [InlineData("""{ "server": { "listen": [] } }""", "server.listen")]
    [InlineData("""{ "server": { "listen": ["localhost:1"] } }""", "server.listen[0]")]
    [InlineData("""{ "server": { "listen": ["http://example.com:1"] } }""", "server.listen[0]")]
    [InlineData("""{ "server": { "listen": ["http://localhost:1/x"] } }""", "server.listen[0]")]
    [InlineData("""{ "server": { "listen": ["http://localhost:1", "http://localhost:1"] } }""", "server.listen")]
    [InlineData("""{ "server": { "listen": ["https://localhost:1"] } }""", "server.tls")]
    [InlineData("""{ "server": { "listen": ["http://*:7717"], "trustedProxies": ["10.0.0.1"] } }""", "server.publicUrl")]
    [InlineData("""{ "server": { "listen": ["http://0.0.0.0:7717"], "publicUrl": "http://localhost:7717", "trustedProxies": ["10.0.0.1"] } }""", "server.publicUrl")]
    [InlineData("""{ "server": { "listen": ["http://*:7717"], "publicUrl": "https://keys.example" } }""", "server.trustedProxies")]
    [InlineData("""{ "server": { "publicUrl": "http://keys.example" } }""", "server.publicUrl")]
    [InlineData("""{ "server": { "publicUrl": "https://keys.example/path" } }""", "server.publicUrl")]
    [InlineData("""{ "server": { "publicUrl": "https://user@keys.example" } }""", "server.publicUrl")]
    [InlineData("""{ "server": { "trustedProxies": ["proxy"] } }""", "server.trustedProxies[0]")]
    [InlineData("""{ "server": { "allowedOrigins": ["https://app.example/"] } }""", "server.allowedOrigins[0]")]
    [InlineData("""{ "server": { "allowedOrigins": ["*"] } }""", "server.allowedOrigins[0]")]
    [InlineData("""{ "server": { "tls": { "certificateFile": "/nowhere", "keyFile": "/nowhere" }, "listen": ["https://localhost:1"] } }""", "server.tls.certificateFile")]
    [InlineData("""{ "storage": { "path": "${env:NOT_SET}" } }""", "storage.path")]
    [InlineData("""{ "storage": { "path": "${file:/nowhere/at/all}" } }""", "storage.path")]
    [InlineData("""{ "storage": { "path": "${HOME}" } }""", "storage.path")]
    [InlineData("""{ "clients": { "https://x": { "redirectUris": ["https://x/cb"] } } }""", "clients.https://x")]
    [InlineData("""{ "clients": { "a": { } } }""", "clients.a.redirectUris")]
    [InlineData("""{ "clients": { "a": { "redirectUris": ["javascript:alert(1)"] } } }""", "clients.a.redirectUris[0]")]
    [InlineData("""{ "clients": { "a": { "redirectUris": ["https://x/cb"], "secret": "short" } } }""", "clients.a.secret")]
    [InlineData("""{ "clients": { "a": { "redirectUris": ["https://x/cb"], "authMethod": "client_secret_post" } } }""", "clients.a.authMethod")]
    [InlineData("""{ "clients": { "a": { "redirectUris": ["https://x/cb"], "scopes": ["a b"] } } }""", "clients.a.scopes[0]")]
    public void A_mistake_is_found_where_it_is(string json, string path) =>
        Problems(json).Select(p => p.Path).ShouldContain(path);

    [Theory]
    [InlineData("KEYHOLDER__nothing", "x")]
    [InlineData("KEYHOLDER__sessions__nothing", "x")]
    [InlineData("KEYHOLDER__sessions__idleLifetime__more", "x")]
    [InlineData("KEYHOLDER__registration__capacity", "many")]
    [InlineData("KEYHOLDER__", "x")]
    public void An_environment_variable_that_fits_nowhere_is_a_mistake(string name, string value) =>
        Problems("{}", (name, value)).Single().Path.ShouldBe(name);

    [Fact]
    public void No_problem_repeats_a_configured_value()
    {
        var problems = Problems(
            """
            { "storage": { "kind": "postgres", "connectionString": "Host=db;Password=x;canary-secret=y" }, "vault": { "keys": ["a:canary-secret"] }, "clients": { "a": { "secret": "canary", "redirectUris": ["canary-secret://"] } },
              "providers": { "p": { "kind": "canary-secret", "clientSecret": "", "clientAuthMethod": "canary-secret", "issuer": "canary-secret" } },
              "resources": { "r": { "auth": "staticHeaders", "headers": { "Authorization": "canary-secret\n" }, "upstream": "https://canary-secret@x" } } }
            """);

        problems.Count.ShouldBeGreaterThan(5);
        string.Join('\n', problems).ShouldNotContain("canary-secret");
    }

    [Fact]
    public void A_named_file_that_is_missing_is_a_mistake()
    {
        var file = Path.Combine(_directory.FullName, "missing.json");

        ConfigurationLoader.Load(file, new Dictionary<string, string>()).Problems.Single().Path.ShouldBe(file);
        ConfigurationLoader.Load(null, new Dictionary<string, string> { ["KEYHOLDER_CONFIG"] = file }).Problems.Single().Path.ShouldBe(file);
    }

    private static KeyholderConfiguration Load(string json, params (string Name, string Value)[] environment)
    {
        var result = ConfigurationLoader.Parse(json, environment.ToDictionary(e => e.Name, e => e.Value));
        result.Problems.ShouldBeEmpty();
        return result.Configuration.ShouldNotBeNull();
    }

    private static IReadOnlyList<ConfigurationProblem> Problems(string json, params (string Name, string Value)[] environment)
    {
        var result = ConfigurationLoader.Parse(json, environment.ToDictionary(e => e.Name, e => e.Value));
        result.Configuration.ShouldBeNull();
        return result.Problems;
    }
}
