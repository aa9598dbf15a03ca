using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Whether an additive mask is finite. −∞ may mean two things in attention: that a key is left out, or that it takes part with
/// the weight 0, which a NaN value makes NaN. Large finite numbers do the same on both sides.
/// </summary>
internal static class MaskProof
{
    private const int DeepestProof = 16;

    /// <summary>Whether it is proved that no element is ±∞ or NaN.</summary>
    public static bool IsFinite(Value mask) => IsFinite(mask, DeepestProof);

    // Choices between finite numbers, flags made numbers, and products of these with finite numbers are finite.
    private static bool IsFinite(Value value, int depth) => depth > 0 && value.Op switch
    {
        Constant { Value: { Count: <= 1 << 20, DType: DType.F32 or DType.F16 or DType.BF16 or DType.F64 } content }
            => RefTensors.FromContent(content).F.All(double.IsFinite),
        Where where => IsFinite(where.X, depth - 1) && IsFinite(where.Y, depth - 1),
        Cast cast => cast.X.DType == DType.Bool,
        Reshape reshape => IsFinite(reshape.X, depth - 1),
        Transpose transpose => IsFinite(transpose.X, depth - 1),
        Expand expand => IsFinite(expand.X, depth - 1),
        Mul mul => IsFlag(mul.A, depth - 1) && IsFinite(mul.B, depth - 1),
        _ => false,
    };

    // Within [−1, 1]: a flag, or one minus a flag.
    private static bool IsFlag(Value value, int depth) => depth > 0 && value.Op switch
    {
        Cast cast => cast.X.DType == DType.Bool,
        Sub { A: var one, B: var flag } => Constants.IsAll(one, 1) && IsFlag(flag, depth - 1),
        Reshape reshape => IsFlag(reshape.X, depth - 1),
        _ => false,
    };
}
