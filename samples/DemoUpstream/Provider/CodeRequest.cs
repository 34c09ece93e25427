namespace DemoUpstream.Provider;

/// <summary>What a code was asked for with, and has to be redeemed with.</summary>
internal sealed record CodeRequest(DemoAuthorization Authorization, string RedirectUri, string CodeChallenge);
