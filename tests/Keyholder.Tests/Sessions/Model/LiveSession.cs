using System.Collections.Concurrent;
using Keyholder.Sessions;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>A real session, and every token that was ever given out for it.</summary>
internal sealed class LiveSession(SessionId id, string clientId, string userId, string code)
{
    private readonly ConcurrentDictionary<uint, string> _refreshTokens = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _accessTokens = new();

    public SessionId Id { get; } = id;

    public string ClientId { get; } = clientId;

    public string UserId { get; } = userId;

    public string Code { get; } = code;

    /// <summary>The generations somebody holds a refresh token of, newest first.</summary>
    public IReadOnlyList<uint> Generations => [.. _refreshTokens.Keys.OrderDescending()];

    /// <summary>Every access token, and when it expires.</summary>
    public IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> AccessTokens => _accessTokens.ToArray();

    public string RefreshToken(uint generation) => _refreshTokens[generation];

    /// <summary>Keeps what a grant gave out. One lineage: a generation has one token for ever.</summary>
    public void Take(string accessToken, DateTimeOffset expiresAt, uint generation, string? refreshToken)
    {
        _accessTokens.TryAdd(accessToken, expiresAt).ShouldBeTrue("an access token was given out twice");
        if (refreshToken is not null)
        {
            _refreshTokens.GetOrAdd(generation, refreshToken).ShouldBe(refreshToken, $"the lineage forked at generation {generation}");
        }
    }
}
