namespace DemoUpstream.Provider;

/// <summary>What one account allowed one client; every code and token belongs to exactly one.</summary>
internal sealed record DemoAuthorization(string ClientId, string Account, string Scope, string? Nonce)
{
    public bool Includes(string scope) => Scope.Split(' ').Contains(scope);
}
