using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>The experts of a node as the device reads them, and what the host must know of them.</summary>
internal sealed unsafe class ExpertTable
{
    private const int Threads = 32;
    private readonly DeviceExpert[] _experts;

    /// <param name="experts">What a tail was read to; its tensors lie on the device and are not looked into.</param>
    /// <param name="width">D.</param>
    /// <param name="outputWidth">D'.</param>
    public ExpertTable(ReadOnlySpan<ExpertWeights> experts, int width, int outputWidth)
    {
        (Width, OutputWidth) = (width, outputWidth);
        _experts = new DeviceExpert[experts.Length];
        for (int e = 0; e < experts.Length; e++)
        {
            _experts[e] = DeviceExpert.Of(experts[e]);
            Hidden = Math.Max(Hidden, _experts[e].Hidden);
        }
    }

    /// <summary>Reads a node's tail and checks it.</summary>
    public static ExpertTable Read<TTail>(ExpertTail tail, scoped TTail tensors)
        where TTail : IExpertTail, allows ref struct
    {
        const int AnyPanel = 64;
        ExpertWeights[] experts = new ExpertWeights[tail.ExpertCount];
        fixed (ExpertWeights* first = experts)
        {
            (int width, int outputWidth) = tail.Read(tensors, AnyPanel, first);
            return new(experts, width, outputWidth);
        }
    }

    /// <summary>D.</summary>
    public int Width { get; }

    /// <summary>D'.</summary>
    public int OutputWidth { get; }

    /// <summary>The largest H.</summary>
    public long Hidden { get; }

    public long Bytes => _experts.Length * (long)sizeof(DeviceExpert);

    /// <summary>Whether tensor cores take them: all matrices of one 16-bit type, rows of whole 16 bytes.</summary>
    public bool SuitsTensorCores(WeightFormat format) =>
        Width % 8 == 0 && OutputWidth % 8 == 0
        && _experts.All(e => e.Hidden % 8 == 0 && Suits(e.Gate, format) && Suits(e.Down, format) && (e.Value.Data is null || Suits(e.Value, format)));

    /// <summary>Puts the table where the device has room for it, in the order of a stream.</summary>
    public void Write(CudaKernel write, nint stream, void* table, string place, TensorView x)
    {
        for (int first = 0; first < _experts.Length; first += ExpertBatch.Count)
        {
            Arguments arguments = new() { Table = table, First = first, Count = Math.Min(ExpertBatch.Count, _experts.Length - first) };
            _experts.AsSpan(first, (int)arguments.Count).CopyTo(arguments.Experts);
            write.Launch(stream, 1, Threads, arguments, place, x);
        }
    }

    // Where a gate lies in a matrix, its columns begin at a multiple of as many elements as a copy takes.
    private static bool Suits(in DeviceMatrix matrix, WeightFormat format) =>
        matrix.Format == (int)format && matrix.Scale is null && matrix.Stride % 8 == 0 && (nint)matrix.Data % 16 == 0
        && (matrix.Step == 1 ? matrix.First % 8 == 0 : matrix.First < matrix.Step);

    /// <summary>As many as the arguments of a kernel hold, 4 KB.</summary>
    [InlineArray(Count)]
    private struct ExpertBatch
    {
        public const int Count = 20;
        private DeviceExpert _first;
    }

    /// <summary><c>ExpertTableArgs</c> of expert_table.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public ExpertBatch Experts;
        public void* Table;
        public long First;
        public long Count;
    }
}
