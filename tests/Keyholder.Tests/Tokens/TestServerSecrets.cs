using Keyholder.Vault;

namespace Keyholder.Tests.Tokens;

/// <summary>A fresh root secret without a database.</summary>
internal static class TestServerSecrets
{
    public static ServerSecrets Create() =>
        ServerSecrets.LoadAsync(new SecretStoreInMemory(), new ClearSealer(), new Testing.ManualTimeProvider(), CancellationToken.None).GetAwaiter().GetResult();
}
