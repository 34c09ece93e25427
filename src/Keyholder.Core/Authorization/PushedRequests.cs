using System.Security.Cryptography;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Storage;

namespace Keyholder.Authorization;

/// <summary>
/// Pushed authorization requests (RFC 9126): a client hands its request over directly and gets a reference, which counts once, for a minute, and for that client. What the
/// reference stands for is judged again when it is used.
/// </summary>
public sealed class PushedRequests(IPushedRequestStore store, IResourceSource resources, TimeProvider time)
{
    /// <summary>How long a reference can be used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private const string Prefix = "urn:ietf:params:oauth:request_uri:";
    private const int SecretBytes = 32;
    private const int MaxParametersLength = 8 * 1024;

    /// <summary>What authenticates the client, and is no part of the request.</summary>
    private static readonly HashSet<string> Credentials = new(StringComparer.Ordinal) { "client_secret", "client_assertion", "client_assertion_type" };

    /// <summary>Stores a request of an authenticated client and returns its <c>request_uri</c>, or the error the authorization endpoint would have answered (section 2.3).</summary>
    public async Task<OAuthResult<string>> PushAsync(Client client, IReadOnlyList<KeyValuePair<string, string?>> pairs, CancellationToken cancellationToken)
    {
        var request = pairs.Where(pair => !Credentials.Contains(pair.Key) && pair.Key != "client_id").Append(new("client_id", client.Id)).ToList();
        var parameters = new AuthorizationParameters(request);
        if (parameters["request_uri"] is not null)
        {
            return OAuthErrors.InvalidRequest.Describe("A pushed request cannot refer to another one.");
        }

        var (target, outcome) = AuthorizationRequestValidator.FindTarget(parameters, client);
        if (target is null)
        {
            return OAuthErrors.InvalidRequest.Describe(outcome switch
            {
                RedirectTargetOutcome.Repeated => "A parameter is repeated.",
                RedirectTargetOutcome.Missing => "redirect_uri is missing.",
                _ => "The redirect URI is not registered.",
            });
        }

        if (AuthorizationRequestValidator.Validate(parameters, client, resources.Current) is { Failed: true } refused)
        {
            return refused.Error;
        }

        var text = string.Join('&', request.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value ?? "")}"));
        if (text.Length > MaxParametersLength)
        {
            return OAuthErrors.InvalidRequest.Describe("The request is too large.") with { Status = 413 };
        }

        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var now = time.GetUtcNow();
        await store.AddAsync(SHA256.HashData(secret), client.Id, text, now + Lifetime, now, cancellationToken);
        return Prefix + Base64UrlText.Encode(secret);
    }

    /// <summary>Whether a <c>request_uri</c> looks like one that <see cref="PushAsync"/> returns.</summary>
    public static bool IsReference(string requestUri) => requestUri.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Uses a reference up: the parameters it stands for; null when it is unknown, used, expired or another client's.</summary>
    public async Task<AuthorizationParameters?> TakeAsync(string requestUri, string clientId, CancellationToken cancellationToken)
    {
        var secret = new byte[SecretBytes];
        if (!IsReference(requestUri) || !Base64UrlText.TryDecode(requestUri.AsSpan(Prefix.Length), secret))
        {
            return null;
        }

        var text = await store.TakeAsync(SHA256.HashData(secret), clientId, time.GetUtcNow(), cancellationToken);
        return text is null ? null : AuthorizationParameters.Parse(text).Value;
    }
}
