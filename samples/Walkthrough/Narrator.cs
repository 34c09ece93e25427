namespace Walkthrough;

/// <summary>Prints each step as it happens and remembers which one is under way, so that a failure can name it.</summary>
internal sealed class Narrator
{
    private int _number;

    /// <summary>The step under way.</summary>
    public string Current { get; private set; } = "start";

    /// <summary>Begins a step.</summary>
    public void Begin(string step) => Current = step;

    /// <summary>Ends the step under way, or one that was seen on the wire.</summary>
    public void Done(string detail, string? step = null) =>
        Console.WriteLine($" {++_number,2}. {step ?? Current,-22} {detail}");

    /// <summary>Fails the step under way unless <paramref name="condition"/> holds.</summary>
    public void Require(bool condition, string expectation)
    {
        if (!condition)
        {
            throw new StepFailedException($"expected {expectation}");
        }
    }
}
