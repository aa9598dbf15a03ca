using Tessera.Ir.Evaluate;

namespace Tessera.Compiler.Verify;

/// <summary>One set of inputs that models are run on.</summary>
/// <param name="What">What they are, for messages.</param>
/// <param name="Values">Value of each input by its name.</param>
public sealed record InputCase(string What, IReadOnlyDictionary<string, RefValue> Values)
{
    /// <summary>Whether sums of them may leave their type: what is not finite in one of the models is not compared.</summary>
    public bool IsExtreme { get; init; }
}
