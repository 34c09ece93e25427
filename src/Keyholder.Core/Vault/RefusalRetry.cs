namespace Keyholder.Vault;

/// <summary>The right to try a refused credential once more at the resource that refuses it: one request has it among all nodes, until the next one may.</summary>
/// <param name="Key">The credential.</param>
/// <param name="RowId">Its row.</param>
/// <param name="Resource">The resource's name.</param>
/// <param name="Until">When the next one may try; who holds another moment has lost the right.</param>
public sealed record RefusalRetry(CredentialKey Key, byte[] RowId, string Resource, DateTimeOffset Until)
{
    /// <inheritdoc />
    public override string ToString() => $"retry of {Key} at {Resource}";
}
