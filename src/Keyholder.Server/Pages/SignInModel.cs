using Keyholder.Resources;

namespace Keyholder.Server.Pages;

/// <summary>What the sign-in page shows. Without a client and a resource it is for an administrator.</summary>
public sealed record SignInModel(string RequestId, string CsrfToken, string? ClientName, string? ResourceName, IReadOnlyList<Provider> Providers, bool TakesVirtualKeys, string? Problem);
