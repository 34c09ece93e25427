using System.Globalization;

namespace Keyholder.Server.Hosting;

/// <summary>What readiness says about the configuration file of a running server.</summary>
internal sealed class ConfigurationHealth
{
    private volatile int _problems;

    /// <summary>One line when the file has changed and is refused; else empty.</summary>
    public string Report => _problems is > 0 and var problems
        ? string.Create(CultureInfo.InvariantCulture, $"configuration file is refused ({problems} problems), the one before stays in force\n")
        : "";

    /// <summary>The file has that many problems; 0 = it is in force.</summary>
    public void Set(int problems) => _problems = problems;
}
