using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>Keyholder as an OAuth client of a provider: one authorization-code redirect with fresh state, nonce and PKCE verifier, there and back.</summary>
public sealed class UpstreamLegs : IUpstreamLegs
{
    private const int SecretSize = 32;
    private const int MaxCodeLength = 8192;
    private readonly ProviderResolver _providers;
    private readonly TokenEndpointClient _tokens;
    private readonly AccountReader _accounts;
    private readonly LegSecretsSealer _sealer;
    private readonly ILogger _logger;

    /// <summary>Legs to the providers reached by <paramref name="client"/>.</summary>
    public UpstreamLegs(UpstreamClient client, ISecretSealer sealer, ILogger<UpstreamLegs> logger)
    {
        _providers = client.Providers;
        _tokens = client.Tokens;
        _accounts = client.Accounts;
        _sealer = new LegSecretsSealer(sealer);
        _logger = logger;
    }

    /// <inheritdoc />
    public async Task<(StartedLeg? Leg, LegOutcome Outcome)> StartAsync(Provider provider, string callback, bool signIn, IReadOnlyList<string> demandedScopes, CancellationToken cancellationToken)
    {
        var found = signIn && provider.Kind != ProviderKind.Oidc
            ? ResolvedProvider.Failed(LegOutcome.Rejected, "Only an OpenID Connect provider can prove an identity.")
            : await _providers.ResolveFreshAsync(provider, demandedScopes, cancellationToken);
        if (found is not { Provider: { } resolved, Metadata: { } metadata })
        {
            UpstreamLog.LegNotStarted(_logger, provider.Name, found.Outcome, found.Debug);
            return (null, found.Outcome);
        }

        var state = FreshSecret();
        var secrets = new LegSecrets(FreshSecret(), FreshSecret(), metadata.Issuer, resolved.ClientId, callback, signIn)
        {
            TokenEndpoint = metadata.TokenEndpoint,
            IssuerInResponse = metadata.IssuerInResponses,
        };
        var challenge = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(secrets.Verifier)));
        var stateHash = SHA256.HashData(Encoding.ASCII.GetBytes(state));
        var redirect = AuthorizationUrl.Build(resolved, metadata, secrets, state, challenge);
        return (new StartedLeg(redirect, stateHash, _sealer.Seal(secrets, stateHash, provider.Name)), LegOutcome.Succeeded);
    }

    /// <inheritdoc />
    public async Task<CompletedLeg> CompleteAsync(Provider provider, string callback, ConnectionFlow flow, LegCallback response, CancellationToken cancellationToken)
    {
        var completed = await CompleteCoreAsync(provider, callback, flow, response, cancellationToken);
        if (completed.Outcome != LegOutcome.Succeeded)
        {
            UpstreamLog.LegFailed(_logger, provider.Name, completed.Outcome, completed.Debug);
        }

        return completed;
    }

    private async Task<CompletedLeg> CompleteCoreAsync(Provider configured, string callback, ConnectionFlow flow, LegCallback response, CancellationToken cancellationToken)
    {
        if (flow.Provider != configured.Name || _sealer.Open(flow.SealedSecrets, flow.StateHash, configured.Name) is not { } secrets)
        {
            return Rejected("The flow belongs to another provider or was changed.");
        }

        // Whatever could be a mix-up is refused before the code goes anywhere and before the error is believed (RFC 9700 section 4.4.2, RFC 9207 section 2.4).
        if (response.RedirectUri != secrets.Callback)
        {
            return MixedUp("The answer came to another redirect URI than the one of its leg.");
        }

        var found = await _providers.ResolveAsync(configured, secrets.Issuer, secrets.ClientId, cancellationToken);
        if (found is not { Provider: { } provider, Metadata: { } metadata })
        {
            return new CompletedLeg(found.Outcome, Debug: found.Debug);
        }

        if (secrets.Issuer != metadata.Issuer || secrets.TokenEndpoint != metadata.TokenEndpoint || secrets.ClientId != provider.ClientId
            || secrets.Callback != callback || secrets.SignIn != (flow.Purpose == ConnectionPurpose.SignIn))
        {
            return Rejected("The provider's configuration or the flow changed since the redirect.");
        }

        if (FindMixUp(secrets, metadata, response) is { } mixUp)
        {
            return MixedUp(mixUp);
        }

        if (response.Error is not null)
        {
            return FromError(response.Error);
        }

        if (response.Code is not { Length: > 0 and <= MaxCodeLength } code)
        {
            return Rejected("The answer carries no usable code.");
        }

        var exchanged = await _tokens.ExchangeAsync(provider, metadata.TokenEndpoint, code, callback, secrets.Verifier, cancellationToken);
        if (exchanged.Tokens is not { } tokens)
        {
            return FromTokenEndpoint(provider, exchanged);
        }

        var account = await _accounts.ReadAsync(provider, metadata, exchanged, secrets, cancellationToken);
        return account.Outcome == LegOutcome.Succeeded
            ? new CompletedLeg(LegOutcome.Succeeded, tokens, account.Subject, account.DisplayName)
            : new CompletedLeg(account.Outcome, Debug: account.Debug);
    }

    private static string? FindMixUp(LegSecrets secrets, ProviderMetadata metadata, LegCallback response) => response.Issuer is null
        ? secrets.IssuerInResponse || metadata.IssuerInResponses ? "The answer lacks the iss parameter the provider promises." : null
        : metadata.Issuer is not null && response.Issuer != metadata.Issuer ? "The answer names another issuer." : null;

    private static CompletedLeg FromError(string error) => error switch
    {
        "access_denied" => new CompletedLeg(LegOutcome.Denied, Debug: "access_denied"),
        "server_error" or "temporarily_unavailable" => new CompletedLeg(LegOutcome.Unavailable, Debug: "The provider answered with a temporary error."),
        _ => Rejected("The provider answered with an error."),
    };

    private CompletedLeg FromTokenEndpoint(Provider provider, TokenEndpointResult result)
    {
        if (result.Outcome == TokenEndpointOutcome.ClientRefused)
        {
            UpstreamLog.ClientRefused(_logger, provider.Name);
        }

        if (result.InvalidClient)
        {
            _providers.Refuse(provider);
        }

        return new CompletedLeg(result.Outcome == TokenEndpointOutcome.Unavailable ? LegOutcome.Unavailable : LegOutcome.Rejected, Debug: result.Debug);
    }

    private static CompletedLeg MixedUp(string debug) => new(LegOutcome.MixedUp, Debug: debug);

    private static CompletedLeg Rejected(string debug) => new(LegOutcome.Rejected, Debug: debug);

    private static string FreshSecret() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(SecretSize));
}
