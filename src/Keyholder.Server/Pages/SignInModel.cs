using Keyholder.Resources;

namespace Keyholder.Server.Pages;

/// <summary>What the sign-in page shows. Without a resource it is for an administrator; with the name of a virtual key it is for whoever may connect for it.</summary>
public sealed record SignInModel(string RequestId, string CsrfToken, string? ClientName, string? ResourceName, IReadOnlyList<Provider> Providers, string? KeyName, bool TakesVirtualKeys, string? Problem);
