using Keyholder.Tests.Testing;
using Keyholder.Tests.Tokens;
using Keyholder.Tokens;
using Keyholder.Vault;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>The secrets every node of a run shares.</summary>
internal sealed record ModelKeys(ServerSecrets Secrets, SigningKeyRing SigningKeys)
{
    public static async Task<ModelKeys> CreateAsync()
    {
        var store = new SecretStoreInMemory();
        var time = new ManualTimeProvider();
        return new ModelKeys(
            await ServerSecrets.LoadAsync(store, new ClearSealer(), time, CancellationToken.None),
            await SigningKeyRing.LoadAsync(store, new ClearSealer(), time, CancellationToken.None));
    }
}
