using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Passes.Replay;

/// <summary>How rewritten sites are replayed.</summary>
/// <param name="Tolerance">Largest |Δ| over the largest finite |reference| of a result, by its element type.</param>
public sealed record ReplayOptions(Func<DType, double> Tolerance)
{
    /// <summary>
    /// Tolerances for the reference evaluator, which computes in double: what is left is that constants were rounded to their
    /// type before and after the rewrite.
    /// </summary>
    public static ReplayOptions Default { get; } = new(static dtype => dtype switch
    {
        DType.F64 => 1e-12,
        DType.F32 => 1e-5,
        DType.F16 => 2e-3,
        DType.BF16 => 1.6e-2,
        _ => 0,
    });

    /// <summary>Inputs generated for each site: sizes first (ones, zeros, then random), values from plain to extreme.</summary>
    public int Cases { get; init; } = 8;

    public int Seed { get; init; } = 1;

    /// <summary>Sites whose evaluation would take more elementary steps than this are replayed at smaller sizes only.</summary>
    public long MostElements { get; init; } = 1 << 24;

    /// <summary>Compares only what is finite in the original.</summary>
    public bool WhereFinite { get; init; }

    /// <summary>Draws no NaN nor ±∞: what is put in order has an order.</summary>
    public bool WhereOrdered { get; init; }

    /// <summary>Runs a graph of the replacement in place of the evaluator (ONNX Runtime, say); null for the evaluator.</summary>
    public Func<Graph, IReadOnlyDictionary<string, RefValue>, IReadOnlyList<RefValue>>? Run { get; init; }
}
