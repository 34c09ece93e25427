using System.Net.Sockets;
using Keyholder.Bench.Chaos.History;
using Keyholder.Bench.Load;
using Keyholder.Bench.Servers;

namespace Keyholder.Bench.Chaos;

/// <summary>Sends the requests of one session to any node, keeps its tokens, and writes down what was seen.</summary>
internal sealed class SessionClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<KeyholderNode> _nodes;
    private readonly KeepAliveConnection?[] _connections;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Lock _gate = new();
    private readonly List<Observation> _observations = [];
    private readonly List<string> _refreshTokens = [];
    private readonly List<string> _accessTokens = [];

    /// <param name="nodes">Whom to ask.</param>
    /// <param name="refreshToken">The session's first refresh token.</param>
    /// <param name="time">The clock.</param>
    /// <param name="started">Its timestamp at the start of the run.</param>
    public SessionClient(IReadOnlyList<KeyholderNode> nodes, string refreshToken, TimeProvider time, long started)
    {
        (_nodes, _time, _started) = (nodes, time, started);
        _connections = new KeepAliveConnection?[nodes.Count];
        Newest = NumberOf(_refreshTokens, refreshToken);
    }

    /// <summary>The number of the newest refresh token.</summary>
    public int Newest { get; private set; }

    /// <summary>The number of the newest access token; 0 before the first.</summary>
    public int NewestAccessToken => _accessTokens.Count;

    /// <summary>The time since the start of the run.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_started);

    /// <summary>How many requests were made.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _observations.Count;
            }
        }
    }

    /// <summary>Whether the last answer was that the session is over.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _observations is [.., { Answer: AnswerKind.Refused }];
            }
        }
    }

    /// <summary>What was seen so far.</summary>
    public IReadOnlyList<Observation> Observations
    {
        get
        {
            lock (_gate)
            {
                return [.. _observations];
            }
        }
    }

    /// <summary>Presents a refresh token.</summary>
    /// <param name="node">Where.</param>
    /// <param name="token">Which.</param>
    /// <param name="patience">After which time to hang up; null for the usual one.</param>
    public async Task<Observation> RefreshAsync(int node, int token, TimeSpan? patience = null)
    {
        var seen = await SendAsync(RequestKind.Refresh, token, node, BenchRequests.Refresh(_nodes[node], TokenOf(_refreshTokens, token)), patience ?? Patience);
        Newest = seen.RefreshToken == 0 ? Newest : seen.RefreshToken;
        return seen;
    }

    /// <summary>Calls the protected resource with an access token.</summary>
    public Task<Observation> CallAsync(int node, int token) => SendAsync(RequestKind.Call, token, node, BenchRequests.Call(_nodes[node], TokenOf(_accessTokens, token)), Patience);

    /// <summary>Revokes the session with its newest refresh token.</summary>
    public Task<Observation> RevokeAsync(int node) => SendAsync(RequestKind.Revoke, Newest, node, BenchRequests.Revoke(_nodes[node], TokenOf(_refreshTokens, Newest)), Patience);

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection?.Dispose();
        }
    }

    private async Task<Observation> SendAsync(RequestKind request, int token, int node, byte[] bytes, TimeSpan patience)
    {
        var began = Now;
        var (status, response) = await ExchangeAsync(node, bytes, patience);
        var seen = new Observation(request, token, node, began, Now, Read(request, status, response));
        lock (_gate)
        {
            if (seen is { Request: RequestKind.Refresh, Answer: AnswerKind.Granted })
            {
                var (accessToken, refreshToken) = BenchRequests.ReadTokens(response);
                seen = seen with { RefreshToken = NumberOf(_refreshTokens, refreshToken), AccessToken = NumberOf(_accessTokens, accessToken) };
            }

            _observations.Add(seen);
        }

        return seen;
    }

    /// <summary>Status and text of the response; 0 when there is none.</summary>
    private async Task<(int Status, string Response)> ExchangeAsync(int node, byte[] bytes, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience, _time);
        try
        {
            var connection = _connections[node] ??= await KeepAliveConnection.OpenAsync(_nodes[node].Address, limit.Token);
            return (await connection.SendAsync(bytes, limit.Token), connection.LastResponseText());
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            _connections[node]?.Dispose();
            _connections[node] = null;
            return (0, "");
        }
    }

    private static AnswerKind Read(RequestKind request, int status, string response) => (request, status) switch
    {
        (_, 200) => AnswerKind.Granted,
        (_, 0 or >= 500) => AnswerKind.None,
        (RequestKind.Refresh, 400) when response.Contains("\"invalid_grant\"", StringComparison.Ordinal) => AnswerKind.Refused,
        (RequestKind.Call, 401) => AnswerKind.Refused,
        _ => throw new InvalidOperationException($"{request} was answered with {response}"),
    };

    private string TokenOf(List<string> tokens, int number)
    {
        lock (_gate)
        {
            return tokens[number - 1];
        }
    }

    private static int NumberOf(List<string> tokens, string token)
    {
        var at = tokens.IndexOf(token);
        if (at < 0)
        {
            tokens.Add(token);
            return tokens.Count;
        }

        return at + 1;
    }
}
