using Keyholder.Sessions;
using Keyholder.Vault;

namespace Keyholder.Import;

/// <summary>A credential of an import file.</summary>
/// <param name="Line">Its line.</param>
/// <param name="Session">The session it was kept for.</param>
/// <param name="ProviderType">What its provider was called: the protocol it speaks.</param>
/// <param name="Account">The account at the provider, when known.</param>
/// <param name="Tokens">Secret.</param>
public sealed record ImportedCredential(int Line, SessionId Session, string ProviderType, string? Account, TokenSet Tokens)
{
    /// <inheritdoc />
    public override string ToString() => $"imported credential of line {Line}";
}
