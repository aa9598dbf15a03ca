using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cuda.Driver;

namespace Tessera.Kernels.Cuda;

/// <summary>The kernels of one way to multiply, and how much of it a block does.</summary>
/// <param name="Module">Their PTX.</param>
/// <param name="Suffix">Of their entries: <c>experts_up_…</c>, <c>experts_down_…</c>.</param>
/// <param name="Rows">Of a tile.</param>
/// <param name="Columns">Of both matrices that a block multiplies by.</param>
/// <param name="Threads">Of a block.</param>
/// <param name="Residents">Blocks that a multiprocessor has at once, so that one reads while another computes.</param>
/// <param name="SharedBytes">Of a block.</param>
/// <param name="IsTensor">By tensor cores.</param>
internal sealed record ExpertVariant(string Module, string Suffix, int Rows, int Columns, int Threads, int Residents, int SharedBytes, bool IsTensor)
{
    /// <summary>Below so many rows an expert on the average, a tile of 128 rows is more padding than rows; and one of 64.</summary>
    private const int RowsFor128 = 96, RowsFor64 = 24;

    /// <summary>Tensor cores' operands are copied so many at a time, from multiples of it.</summary>
    private const int CopiedBytes = 16;

    /// <summary>Those of an element type, of which the last one takes everything.</summary>
    public static ImmutableArray<ExpertVariant> Of(TensorElementType type)
    {
        string name = CudaTypes.NameOf(type);
        bool isTensor = type is TensorElementType.Float16 or TensorElementType.BFloat16;
        int plain = 2 * 32 * 64 * (type == TensorElementType.Double ? sizeof(double) : sizeof(float));
        ExpertVariant every = new("grouped_mlp", name, 32, 64, 128, 4, plain, false);
        return isTensor ? [Tensor(name, 128, 128, 32, 1, 1), Tensor(name, 64, 128, 32, 1, 2), Tensor(name, 16, 32, 256, 8, 2), every] : [every];
    }

    /// <summary>Whether it suits a call of so many rows of tokens that lie at an address.</summary>
    public bool Takes(ExpertTable experts, TensorElementType type, nint x, long rows, int count) =>
        !IsTensor
        || (x % CopiedBytes == 0 && Enough(rows / Math.Max(1, count)) && experts.SuitsTensorCores(type == TensorElementType.Float16 ? WeightFormat.F16 : WeightFormat.BF16));

    /// <summary>Columns of the result that a block makes of the first matrices: gates take as many columns as what they gate.</summary>
    public int HiddenColumns(bool gated) => IsTensor && gated ? Columns / 2 : Columns;

    public CudaKernel Up(CudaDevice device, string place) => Entry(device, "up", Suffix, place);

    /// <summary>What is between the matrices is f32 where products are plain, whatever the type.</summary>
    public CudaKernel Down(CudaDevice device, string place) => Entry(device, "down", IsTensor || Suffix == "f64" ? Suffix : "f32", place);

    /// <summary>Blocks that live on for as many units as rows may be cut into.</summary>
    public int Blocks(CudaDevice device, long rows, int experts, long columns, int blockColumns)
    {
        long units = ((rows / Rows) + Math.Min(rows, experts)) * ((columns + blockColumns - 1) / blockColumns);
        return (int)Math.Clamp(units, 1, (long)device.Multiprocessors * Residents);
    }

    private bool Enough(long rows) => rows >= (Rows == 128 ? RowsFor128 : Rows == 64 ? RowsFor64 : 0);

    private CudaKernel Entry(CudaDevice device, string step, string suffix, string place) =>
        device.Module(Module).Kernel($"experts_{step}_{suffix}", SharedBytes, place);

    // ExpertShared of tensor_experts.cuh.
    private static ExpertVariant Tensor(string name, int rows, int columns, int depth, int parts, int residents)
    {
        const int Stages = 3, Threads = 256;
        int stages = Stages * ((rows * (depth + 8)) + (depth * (columns + 8))) * sizeof(ushort), results = parts * rows * (columns + 4) * sizeof(float);
        return new($"tensor_experts_{name}", $"{name}_{rows}", rows, columns, Threads, residents, Math.Max(stages, results) + (rows * sizeof(long)), true);
    }
}
