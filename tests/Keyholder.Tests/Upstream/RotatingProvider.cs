using System.Net;
using Keyholder.Tests.Testing;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Upstream;

/// <summary>A provider whose refresh tokens are good once, and whose access tokens live a day.</summary>
internal sealed class RotatingProvider : IDisposable
{
    private readonly FakeProvider _fake;
    private readonly Lock _gate = new();
    private int _asked;
    private int _generation;

    public RotatingProvider(ManualTimeProvider time)
    {
        _fake = new FakeProvider(time) { Token = request => Task.FromResult(Answer(request.Form["refresh_token"])) };
        First = new TokenSet { AccessToken = "access-0", TokenType = "Bearer", RefreshToken = "refresh-0", ExpiresAt = time.GetUtcNow().AddDays(1) };
    }

    public TokenSet First { get; }

    public UpstreamClient Client => _fake.Client;

    public UpstreamOptions Options => _fake.Options;

    /// <summary>Whether it answers 503 and asks to come back after 90 seconds.</summary>
    public bool Down { get; set; }

    /// <summary>How many requests reached it.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How many refresh tokens were used up.</summary>
    public int Refreshes => Volatile.Read(ref _generation);

    /// <summary>Uses the current refresh token up, as for a client that never stored the answer.</summary>
    public void Rotate() => Interlocked.Increment(ref _generation);

    public void Dispose() => _fake.Dispose();

    private HttpResponseMessage Answer(string refreshToken)
    {
        lock (_gate)
        {
            _asked++;
            if (Down)
            {
                var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
                response.Headers.TryAddWithoutValidation("Retry-After", "90");
                return response;
            }

            if (refreshToken != $"refresh-{_generation}")
            {
                return ScriptedHandler.Json("""{"error":"invalid_grant"}""", HttpStatusCode.BadRequest);
            }

            _generation++;
            return ScriptedHandler.Json($$"""{"access_token":"access-{{_generation}}","refresh_token":"refresh-{{_generation}}","token_type":"bearer","expires_in":86400}""");
        }
    }
}
