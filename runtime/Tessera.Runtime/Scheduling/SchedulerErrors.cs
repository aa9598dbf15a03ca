namespace Tessera.Runtime;

/// <summary>Every error of the scheduler.</summary>
internal static class SchedulerErrors
{
    public static TesseraRuntimeException NotPacked(string what, string hint) => new("TSR0741", "model",
        $"cannot be run by a scheduler: {what}.", hint);

    public static TesseraRuntimeException OverBudget(string symbol, long tokens, int budget) => new("TSR0733", $"example over '{symbol}'",
        $"has {tokens} tokens, the budget is {budget}.", "No batch can hold it: shorten it or raise PackedSchedulerOptions.TokenBudget.");

    public static TesseraRuntimeException NoTokens(string input) => new("TSR0742", $"input '{input}'",
        "of an example is a scalar.", "An input over tokens has them as its first axis: [n, …].");

    public static TesseraRuntimeException QueueFull(int limit) => new("TSR0743", "scheduler",
        $"has {limit} examples waiting, which is its limit.", "Try again later, or let callers wait (QueueFullMode.Wait).");

    public static TesseraRuntimeException DeadlinePassed(TimeSpan given) => new("TSR0744", "example",
        $"was not run within its deadline of {given.TotalMilliseconds:0.###} ms.", "The scheduler is busy: allow more time, or shed load.");
}
