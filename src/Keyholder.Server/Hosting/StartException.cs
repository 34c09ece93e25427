namespace Keyholder.Server.Hosting;

/// <summary>The server cannot start, and the operator can do something about it: the message says what. Shown without a stack trace.</summary>
public sealed class StartException : Exception
{
    public StartException()
    {
    }

    public StartException(string message)
        : base(message)
    {
    }

    public StartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
