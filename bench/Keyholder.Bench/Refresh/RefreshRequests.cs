using System.Text;
using Keyholder.Bench.Load;

namespace Keyholder.Bench.Refresh;

/// <summary>One caller: refreshes its own share of the sessions in turn, each with the token the last refresh of it gave.</summary>
internal sealed class RefreshRequests : IRequestSequence
{
    private const string Marker = "REFRESH-TOKEN";

    private readonly RefreshTokens _tokens;
    private readonly byte[] _request;
    private readonly int _tokenAt;
    private readonly int _callers;
    private int _session;

    /// <summary>The caller with that number of so many.</summary>
    public RefreshRequests(Uri endpoint, RefreshTokens tokens, int caller, int callers)
    {
        (_tokens, _session, _callers) = (tokens, caller, callers);
        var body = $"grant_type=refresh_token&client_id={SeededDatabase.ClientId}&refresh_token={Marker.PadRight(RefreshTokens.Length, '-')}";
        _request = HttpRequestBytes.Post(endpoint, "application/x-www-form-urlencoded", body);
        _tokenAt = _request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Marker));
    }

    public ReadOnlyMemory<byte> Next()
    {
        _tokens[_session].CopyTo(_request.AsSpan(_tokenAt));
        return _request;
    }

    public void Take(ReadOnlySpan<byte> response)
    {
        var name = "\"refresh_token\":\""u8;
        var at = response.IndexOf(name);
        if (at < 0)
        {
            throw new InvalidDataException($"No refresh token: {Encoding.UTF8.GetString(response)}");
        }

        response.Slice(at + name.Length, RefreshTokens.Length).CopyTo(_tokens[_session]);
        _session += _callers;
        if (_session >= _tokens.Count)
        {
            _session %= _callers;
        }
    }
}
