using System.Runtime.InteropServices;
using Tessera.Kernels.Cpu.Attention;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>The list of tiles of queries that the device makes of the offsets, those of the longest segments first.</summary>
internal sealed unsafe class AttentionTiles
{
    private const int Lengths = 256;

    private readonly string _place;
    private readonly CudaKernel _atOnce, _count, _sum, _placing, _sumTiles;

    public AttentionTiles(CudaDevice device, string place)
    {
        CudaModule module = device.Module("packed_attention");
        CudaKernel Entry(string name) => module.Kernel(name, KeyOrdering.SharedBytes, place);
        (_place, _atOnce, _count) = (place, Entry("attention_tiles"), Entry("attention_count"));
        (_sum, _placing, _sumTiles) = (Entry("attention_sum"), Entry("attention_place"), Entry("attention_sum_tiles"));
    }

    /// <summary>Puts what makes the list on a stream.</summary>
    public void Launch(nint stream, in Layout layout, in DeviceScratch.Rented memory, in AttentionProblem problem, int tile, TensorView q)
    {
        Arguments a = new()
        {
            CuQ = problem.CuQ,
            Counts = memory.At(layout.Counts),
            Start = memory.At(layout.Start),
            Order = (int*)memory.At(layout.Order),
            Tiles = (long*)memory.At(layout.Tiles),
            Tokens = q.Shape[0],
            Segments = problem.Segments,
            Tile = tile,
        };
        if (layout.Blocks == 1)
        {
            _atOnce.Launch(stream, 1, KeyOrdering.Threads, a, _place, q);
            return;
        }

        _count.Launch(stream, layout.Blocks, KeyOrdering.Threads, a, _place, q);
        _sum.Launch(stream, 1, KeyOrdering.Threads, a, _place, q);
        _placing.Launch(stream, layout.Blocks, KeyOrdering.Threads, a, _place, q);
        _sumTiles.Launch(stream, 1, KeyOrdering.Threads, a, _place, q);
    }

    /// <summary>Where each part of the list's memory lies.</summary>
    internal readonly struct Layout
    {
        public Layout(int segments)
        {
            Blocks = KeyOrdering.Blocks(segments);
            ScratchLayout parts = default;
            Counts = parts.Add((long)Blocks * Lengths, sizeof(int));
            Start = parts.Add(Lengths + 1, sizeof(int));
            Order = parts.Add(segments, sizeof(int));
            Tiles = parts.Add(segments + 1L, sizeof(long));
            Bytes = parts.Bytes;
        }

        public int Blocks { get; }

        public long Counts { get; }

        public long Start { get; }

        public long Order { get; }

        public long Tiles { get; }

        public long Bytes { get; }
    }

    /// <summary><c>AttentionTilesArgs</c> of attention_tiles.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public int* CuQ;
        public void* Counts;
        public void* Start;
        public int* Order;
        public long* Tiles;
        public long Tokens;
        public int Segments;
        public int Tile;
    }
}
