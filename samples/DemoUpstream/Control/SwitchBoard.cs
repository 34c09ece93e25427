using System.Text.Json;
using System.Text.Json.Nodes;

namespace DemoUpstream.Control;

/// <summary>The switches in force. Every change is one atomic replacement, so a counted fault hits exactly as often as it says.</summary>
internal sealed class SwitchBoard
{
    private readonly DemoUpstreamSwitches _initial;
    private DemoUpstreamSwitches _current;

    public SwitchBoard(DemoUpstreamSwitches initial) => _initial = _current = initial;

    public DemoUpstreamSwitches Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    public void Reset() => Current = _initial;

    /// <summary>The fault this token request has to show, counted as shown.</summary>
    public TokenFault TakeTokenFault()
    {
        while (true)
        {
            var before = Current;
            var after = (before.TokenFault, before.TokenFaultTimes) switch
            {
                (TokenFault.None, _) or (_, null) => before,
                (_, 1) => before with { TokenFault = TokenFault.None, TokenFaultTimes = null },
                (_, { } times) => before with { TokenFaultTimes = times - 1 },
            };
            if (TryReplace(before, after)) return before.TokenFault;
        }
    }

    /// <summary>The fault this API request has to show, counted as shown.</summary>
    public ApiFault TakeApiFault()
    {
        while (true)
        {
            var before = Current;
            var after = (before.ApiFault, before.ApiFaultTimes) switch
            {
                (ApiFault.None, _) or (_, null) => before,
                (_, 1) => before with { ApiFault = ApiFault.None, ApiFaultTimes = null },
                (_, { } times) => before with { ApiFaultTimes = times - 1 },
            };
            if (TryReplace(before, after)) return before.ApiFault;
        }
    }

    /// <summary>Applies a JSON merge patch (RFC 7396): a null restores the default of a switch. Answers what is wrong with it; empty when it was applied.</summary>
    public IReadOnlyList<string> Patch(JsonObject patch)
    {
        while (true)
        {
            var before = Current;
            var document = JsonSerializer.SerializeToNode(before, ControlJson.Options)!.AsObject();
            var unknown = patch.Where(member => !document.ContainsKey(member.Key)).Select(member => $"There is no switch '{member.Key}'.").ToList();
            if (unknown.Count > 0) return unknown;

            foreach (var (name, value) in patch)
            {
                if (value is null) document.Remove(name);
                else document[name] = value.DeepClone();
            }

            DemoUpstreamSwitches after;
            try
            {
                after = document.Deserialize<DemoUpstreamSwitches>(ControlJson.Options)!;
            }
            catch (JsonException exception)
            {
                return [$"A value does not fit its switch: {exception.Path}."];
            }

            var errors = after.Validate();
            if (errors.Count > 0) return errors;
            if (TryReplace(before, after)) return [];
        }
    }

    private bool TryReplace(DemoUpstreamSwitches before, DemoUpstreamSwitches after) =>
        ReferenceEquals(Interlocked.CompareExchange(ref _current, after, before), before);
}
