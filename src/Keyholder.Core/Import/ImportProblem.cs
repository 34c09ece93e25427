namespace Keyholder.Import;

/// <summary>Why a file cannot be imported, or a record of it is passed over.</summary>
/// <param name="Line">The line, from 1 on; 0 = the file as a whole.</param>
/// <param name="Message">What is wrong with it. Never holds a value of the file that might be a secret.</param>
public sealed record ImportProblem(int Line, string Message)
{
    /// <inheritdoc />
    public override string ToString() => Line == 0 ? Message : $"line {Line}: {Message}";
}
