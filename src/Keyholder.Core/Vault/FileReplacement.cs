namespace Keyholder.Vault;

/// <summary>A file that is written and waits to take another one's place; made by <see cref="WholeFile.Prepare"/>. Disposing it without <see cref="Put"/> leaves everything as it was.</summary>
public sealed class FileReplacement : IDisposable
{
    private readonly string _draft;
    private readonly string _target;

    internal FileReplacement(string draft, string target) => (_draft, _target) = (draft, target);

    /// <summary>Takes the place. No reader ever sees a part of the file.</summary>
    public void Put() => File.Move(_draft, _target, overwrite: true);

    /// <inheritdoc />
    public void Dispose() => File.Delete(_draft);
}
