namespace Keyholder.Server.Configuration;

/// <summary>The form of a log line.</summary>
public enum LogFormat
{
    /// <summary>One line of text.</summary>
    Text,

    /// <summary>One JSON object.</summary>
    Json,
}
