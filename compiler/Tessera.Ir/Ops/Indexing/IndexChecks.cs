using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Indices given as data.</summary>
internal static class IndexChecks
{
    /// <summary>The non-negative index, or an error that names it and the size.</summary>
    public static long Normal(EvalContext context, long index, long size) => index >= -size && index < size
        ? index < 0 ? index + size : index
        : throw context.Error($"index {index} is outside an axis of size {size}.");
}
