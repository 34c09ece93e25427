using Keyholder.Audit;

namespace Keyholder.Server.Commands;

/// <summary>Who runs a command, for the audit trail.</summary>
internal static class Operator
{
    /// <summary><c>cli:</c> and the name of the operating system's user.</summary>
    public static string Actor { get; } = "cli:" + Environment.UserName;

    /// <summary>A command comes from no address and has no request id.</summary>
    public static RequestOrigin Origin { get; } = new(RemoteAddress: null, RequestId: null);
}
