namespace Tessera.Ir;

/// <summary>
/// An edge case of an op: a name and a function that emits it over fresh inputs. The coverage tests print and parse it,
/// write and read it back, and hold ONNX Runtime and the kernels against the reference on generated values.
/// </summary>
/// <param name="Name">Unique among the op's samples.</param>
/// <param name="Build">Emits inputs and the op; returns the results to look at.</param>
public sealed record OpSample(string Name, Func<GraphBuilder, IReadOnlyList<Value>> Build)
{
    /// <summary>Sizes of the symbolic dims, one test run each; a symbol that is not named gets 3.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, long>> Sizes { get; init; } = [new Dictionary<string, long>()];

    /// <summary>Generated float inputs lie in this range.</summary>
    public (double Low, double High) Range { get; init; } = (-2, 2);

    /// <summary>Generated integer inputs lie in this half-open range.</summary>
    public (long Low, long High) IntRange { get; init; } = (0, 3);

    /// <summary>Values for inputs that random ones would not fit (offsets, indices), by input name.</summary>
    public IReadOnlyDictionary<string, Evaluate.RefTensor> Fixed { get; init; } = new Dictionary<string, Evaluate.RefTensor>();

    /// <summary>Why ONNX Runtime's CPU provider cannot run it, where that is so; the reference and the round trip are still checked.</summary>
    public string? NoRuntime { get; init; }
}
