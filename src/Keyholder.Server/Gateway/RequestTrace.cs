using System.Diagnostics;

namespace Keyholder.Server.Gateway;

/// <summary>
/// The trace a forwarded call belongs to (W3C Trace Context). The framework begins one for every request as long as anything listens; for logs it is told
/// not to (see <see cref="Hosting.LoggingSetup"/>), because only the gateway has somebody to tell of it.
/// </summary>
internal static class RequestTrace
{
    /// <summary>Goes on with the caller's trace, or begins one; null when the framework has done so. Ends when disposed.</summary>
    public static Activity? Continue(HttpRequest request)
    {
        if (Activity.Current is not null)
        {
            return null;
        }

        var activity = new Activity("Keyholder.Forward");
        DistributedContextPropagator.Current.ExtractTraceIdAndState(request.Headers, Read, out var parent, out var state);
        if (ActivityContext.TryParse(parent, state, isRemote: true, out _))
        {
            activity.SetParentId(parent!);
            activity.TraceStateString = state;
        }

        return activity.Start();
    }

    private static void Read(object? headers, string name, out string? value, out IEnumerable<string>? values)
    {
        values = null;
        value = ((IHeaderDictionary)headers!)[name];
    }
}
