using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>The parts that spelled-out norms share.</summary>
internal static class NormPatterns
{
    /// <summary>y and √(…) in <c>y · 1/√(s)</c>, <c>y / √(s)</c> or <c>y · s^−½</c>: gives y and s.</summary>
    public static (Value Y, Value S)? OverRoot(Value value) => value.Op switch
    {
        Div { A: var y, B.Op: Sqrt root } => (y, root.X),
        Mul { A: var y, B: var r } when InverseRoot(r) is { } s => (y, s),
        Mul { A: var r, B: var y } when InverseRoot(r) is { } s => (y, s),
        _ => null,
    };

    /// <summary>Whether s is <c>mean(y²) + ε</c> over the last axis, and ε.</summary>
    public static bool IsMeanSquare(Value s, Value y, out double epsilon)
    {
        epsilon = 0;
        if (s.Op is not Add { A: var mean, B: { Rank: 0 } constant } || !Constants.IsSplat(constant, out epsilon) || !(epsilon >= 0))
        {
            return false;
        }

        // Canonical form writes a square as a product.
        return IsMean(mean, out Value? square) && square.Op is Mul mul && ReferenceEquals(mul.A, y) && ReferenceEquals(mul.B, y);
    }

    /// <summary>Whether a value is a mean over the last axis that keeps it, and of what.</summary>
    public static bool IsMean(Value value, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Value? of)
    {
        of = value.Op is ReduceMean { KeepDims: true, Axes: [var axis] } mean && (axis == -1 || axis == mean.X.Rank - 1) ? mean.X : null;
        return of is not null;
    }

    /// <summary>Whether a value is one gain for each feature: rank 1, as long as the last axis.</summary>
    public static bool IsGain(Value gain, Value x, RewriteContext context) =>
        gain.Type is TensorType { Shape: [var size] } && x.Rank > 0 && gain.DType == x.DType && context.Equal(size, x.Shape[x.Rank - 1]);

    /// <summary>Whether a value, where there is one, follows from weights and constants alone.</summary>
    public static bool IsWeight(Value? value) => value is null || GraphWalk.PostOrder([value]).All(static op => op is not Input);

    private static Value? InverseRoot(Value value) => value.Op switch
    {
        Reciprocal { X.Op: Sqrt root } => root.X,
        Sqrt { X.Op: Reciprocal inverse } => inverse.X,
        Pow { A: var s, B: { Rank: 0 } exponent } when Constants.IsAll(exponent, -0.5) => s,
        _ => null,
    };
}
