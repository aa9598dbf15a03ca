using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Attention;
using Tessera.Kernels.Cuda.Driver;

namespace Tessera.Kernels.Cuda;

/// <summary>One of the kernels of an attention, and which problems it takes.</summary>
/// <param name="Module">Its PTX.</param>
/// <param name="Name">Its entry there.</param>
/// <param name="SharedBytes">Shared memory of a block.</param>
/// <param name="Queries">Of a tile.</param>
/// <param name="Columns">Of the values that a block makes; a variant of tensor cores takes no head that is larger.</param>
/// <param name="IsTensor">By tensor cores, of rows of 16 bytes.</param>
internal sealed record AttentionVariant(string Module, string Name, int SharedBytes, int Queries, int Columns, bool IsTensor)
{
    public const int Threads = 128;

    private const int RowBytes = 16;

    /// <summary>Those of an element type, the fastest first; the last one takes everything.</summary>
    public static ImmutableArray<AttentionVariant> Of(TensorElementType type)
    {
        string name = CudaTypes.NameOf(type);
        AttentionVariant plain = new("packed_attention", $"packed_attention_{name}", PlainValues * (type == TensorElementType.Double ? sizeof(double) : sizeof(float)), 16, 128, false);
        return type is TensorElementType.Float16 or TensorElementType.BFloat16 ? [Tensor(name, 64), Tensor(name, 128), Tensor(name, 256), plain] : [plain];
    }

    public CudaKernel Prepare(CudaDevice device, string place) => device.Module(Module).Kernel(Name, SharedBytes, place);

    public unsafe bool Takes(in AttentionProblem problem)
    {
        const int Elements = RowBytes / sizeof(ushort);
        return !IsTensor || (problem.HeadDim <= Columns && problem.ValueDim <= Columns && problem.HeadDim % Elements == 0 && problem.ValueDim % Elements == 0
            && (((nint)problem.Q | (nint)problem.K | (nint)problem.V) % RowBytes) == 0);
    }

    /// <summary>Blocks for as many tiles as the tokens may be cut into.</summary>
    public int Blocks(in AttentionProblem problem, long tokens)
    {
        long parts = IsTensor ? 1 : (problem.ValueDim + Columns - 1) / Columns;
        return (int)Math.Min(((tokens / Queries) + problem.Segments) * problem.Heads * parts, CudaKernel.MostBlocks);
    }

    /// <summary>Values of <c>AttentionShared</c> of packed_attention.cuh.</summary>
    private static int PlainValues => (16 * 64) + (32 * 65) + (32 * 128) + (16 * 32) + (16 * 128) + (4 * 16) + 32;

    // TensorShared of tensor_attention.cuh; where a unit goes the plain way, AttentionShared in the same place.
    private static AttentionVariant Tensor(string name, int columns)
    {
        int keys = columns > 128 ? 16 : 64;
        int shared = ((64 + (2 * keys)) * (columns + 8) * sizeof(ushort)) + ((64 + keys) * sizeof(float)) + Threads;
        return new(columns > 128 ? $"tensor_attention_{name}_{columns}" : $"tensor_attention_{name}", $"tensor_attention_{name}_{columns}", Math.Max(shared, PlainValues * sizeof(float)), 64, columns, true);
    }
}
