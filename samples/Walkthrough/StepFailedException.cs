namespace Walkthrough;

/// <summary>A step did not end as it has to.</summary>
internal sealed class StepFailedException(string message) : Exception(message);
