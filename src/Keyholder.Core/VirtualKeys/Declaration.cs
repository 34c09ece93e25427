using Keyholder.Resources;

namespace Keyholder.VirtualKeys;

/// <summary>All that the configuration says and storage has to follow: the resources' credentials, and the virtual keys with their grants.</summary>
/// <param name="Resources">What storage has to know of the resources.</param>
/// <param name="Keys">The declared keys.</param>
public sealed record Declaration(ResourceMirror Resources, IReadOnlyList<DeclaredKey> Keys)
{
    /// <summary>Name → SHA-256 of the secret a key gets if it has to be made. A key that is made without one has none until it is rotated.</summary>
    public IReadOnlyDictionary<string, byte[]> SecretHashes { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>The declaration of a configuration.</summary>
    public static Declaration Of(ResourceSnapshot resources, IReadOnlyList<DeclaredKey> keys) => new(ResourceMirror.Of(resources), keys);

    /// <inheritdoc />
    public override string ToString() => $"declaration of {Keys.Count} virtual keys";
}
