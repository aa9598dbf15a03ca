using Tessera.Ir;

namespace Tessera.Passes.Lowering;

/// <summary>
/// Which ops of its own ONNX Runtime has, for which element types, with which provider and since which release: what is not here
/// is not written. (docs/OperatorKernels.md and the kernels of release 1.31; the rows of the CPU were run, those of CUDA are read.)
/// </summary>
public static class RuntimeKernels
{
    private static readonly Row[] s_rows =
    [
        new("MultiHeadAttention", Provider.Cpu, new Version(1, 14), [DType.F32]),
        new("MultiHeadAttention", Provider.Cuda, new Version(1, 14), [DType.F32, DType.F16, DType.BF16]),
    ];

    /// <summary>Why the op cannot run; null where it can.</summary>
    public static string? Refusal(string op, DType dtype, Provider provider, Version release)
    {
        ArgumentNullException.ThrowIfNull(release);
        Row? row = s_rows.FirstOrDefault(r => r.Op == op && r.Provider == provider);
        return row is null ? $"ONNX Runtime has no {op} on {provider}"
            : release < row.Since ? $"ONNX Runtime has {op} on {provider} since {row.Since}, not in {release}"
            : !row.DTypes.Contains(dtype) ? $"ONNX Runtime's {op} on {provider} takes {string.Join(", ", row.DTypes.Select(static t => t.Text()))}, not {dtype.Text()}"
            : null;
    }

    private sealed record Row(string Op, Provider Provider, Version Since, EquatableArray<DType> DTypes);
}
