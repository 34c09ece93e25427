using Keyholder.Sessions;

namespace Keyholder.Vault;

/// <summary>Who a credential of one session was connected for: nobody else may use it, whatever its row lies under. Part of the envelope's additional data.</summary>
/// <param name="Subject">Who the session acts for.</param>
/// <param name="ClientId">Whose session it is.</param>
public sealed record CredentialBinding(Subject Subject, string ClientId);
