using Keyholder.Clients;
using Keyholder.OAuth;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>An authenticated client and what it sent.</summary>
internal sealed record AdmittedClient(Client Client, OAuthParameters Parameters, IReadOnlyList<KeyValuePair<string, string?>> Pairs)
{
    /// <inheritdoc />
    public override string ToString() => $"admitted {Client}";
}
