using System.Reflection;

namespace Keyholder.Tests.Testing;

/// <summary>A port that lets something happen just before one of its methods is called: what a race would do, every time.</summary>
public class Interposed : DispatchProxy
{
    private object _target = null!;
    private string _method = "";
    private Func<Task> _before = () => Task.CompletedTask;

    /// <summary>The port, before whose method <paramref name="method"/> comes <paramref name="before"/>.</summary>
    public static T Before<T>(T target, string method, Func<Task> before)
        where T : class
    {
        var port = Create<T, Interposed>();
        var interposed = (Interposed)(object)port;
        (interposed._target, interposed._method, interposed._before) = (target, method, before);
        return port;
    }

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == _method)
        {
            // The ports under test are in memory: nothing to wait for that needs this thread.
            _before().GetAwaiter().GetResult();
        }

        return targetMethod.Invoke(_target, args);
    }
}
