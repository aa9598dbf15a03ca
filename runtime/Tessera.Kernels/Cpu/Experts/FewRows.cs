using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// Products of one or two rows with a block of 16, 8 or 4 bits, which is widened in registers on its way: for few tokens reading
/// the weights is all that takes time. Every sum is taken in the order in which <see cref="PanelTile{TSimd, TVec}"/> takes it.
/// </summary>
internal static unsafe partial class FewRows<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <summary>Up to so many rows, widening the weights for each two of them costs less than a widened copy.</summary>
    public const int Most = 4;

    /// <param name="matrix">A packed matrix.</param>
    /// <param name="block">A block of it.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="buffer">Room for four panels.</param>
    /// <param name="job">A, C and their strides.</param>
    public static void Multiply(in PanelMatrix matrix, in PanelBlock block, int rows, float* buffer, in PanelJob job)
    {
        switch (matrix.Source.Format)
        {
            case WeightFormat.F16 when !matrix.HasSpecial: Numbers<FiniteF16Decoder<TSimd, TVec>>(matrix, block, rows, buffer, job); break;
            case WeightFormat.F16: Numbers<F16Decoder<TSimd, TVec>>(matrix, block, rows, buffer, job); break;
            case WeightFormat.BF16: Numbers<BF16Decoder<TSimd, TVec>>(matrix, block, rows, buffer, job); break;
            case WeightFormat.Int8 or WeightFormat.UInt8: Codes<Int8Decoder<TSimd, TVec>>(matrix, block, rows, buffer, job); break;
            default: Codes<Int4Decoder<TSimd, TVec>>(matrix, block, rows, buffer, job); break;
        }
    }

    private static void Numbers<TDecoder>(in PanelMatrix matrix, in PanelBlock block, int rows, float* buffer, in PanelJob job)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec> =>
        Pairs<TDecoder, Unscaled>(matrix, block, rows, buffer, job);

    private static void Codes<TDecoder>(in PanelMatrix matrix, in PanelBlock block, int rows, float* buffer, in PanelJob job)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec>
    {
        if (matrix.Zero is null)
            Pairs<TDecoder, Scaled>(matrix, block, rows, buffer, job);
        else
            Pairs<TDecoder, Shifted>(matrix, block, rows, buffer, job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pairs<TDecoder, TScaling>(in PanelMatrix matrix, in PanelBlock block, int rows, float* buffer, in PanelJob job)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec>
        where TScaling : struct, IScaling
    {
        float* sums = buffer + (2 * matrix.Panel);
        if (block.Column + matrix.Panel < matrix.PaddedColumns)
            PanelScales<TSimd, TVec>.Ask(matrix, block with { Column = block.Column + matrix.Panel });
        for (int i = 0; i < rows; i += 2)
        {
            bool two = rows - i > 1;
            float* a = job.A + (i * job.StrideA), c = job.C + (i * job.StrideC);
            Sum<TDecoder, TScaling>(matrix, block, two, buffer, a, job.StrideA, sums);
            Put(job.Add, sums, c);
            if (two)
                Put(job.Add, sums + matrix.Panel, c + job.StrideC);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TDecoder, TScaling>(in PanelMatrix matrix, in PanelBlock block, bool two, float* buffer, float* a, nint strideA, float* sums)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec>
        where TScaling : struct, IScaling
    {
        byte* weights = matrix.At(block);
        nint bytes = (nint)matrix.Panel * TDecoder.Bits / 8;
        PanelScales<TSimd, TVec> scales = new(matrix, block, buffer);
        new Span<float>(sums, 2 * matrix.Panel).Clear();

        // Sums rest in memory between lots: held in registers across them, they would be put aside in the inner loop.
        for (; scales.MoveNext(); a += scales.Rows, weights += scales.Rows * bytes)
        {
            if (TSimd.TileVectors == 4 && two)
                R2V4<TDecoder, TScaling>(weights, bytes, scales, a, strideA, sums);
            else if (TSimd.TileVectors == 4)
                R1V4<TDecoder, TScaling>(weights, bytes, scales, a, sums);
            else if (two)
                R2V2<TDecoder, TScaling>(weights, bytes, scales, a, strideA, sums);
            else
                R1V2<TDecoder, TScaling>(weights, bytes, scales, a, sums);
        }
    }

    private static void Put(bool add, float* sums, float* c)
    {
        for (int i = 0; i < TSimd.TileVectors * TSimd.Width; i += TSimd.Width)
            TSimd.Store(add ? TSimd.Add(TSimd.Load(c + i), TSimd.Load(sums + i)) : TSimd.Load(sums + i), c + i);
    }

    /// <summary>Asks for weights that come a while after these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask(byte* row)
    {
        const int AheadBytes = 2048;
        if (Sse.IsSupported)
            Sse.Prefetch0(row + AheadBytes);
    }

    /// <summary>Vector <paramref name="vector"/> of a scale or zero point, where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Part(bool there, float* panel, int vector) => there ? TSimd.Load(panel + (vector * TSimd.Width)) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Weight<TDecoder, TScaling>(byte* row, int vector, TVec scale, TVec zero)
        where TDecoder : struct, IPanelDecoder<TSimd, TVec>
        where TScaling : struct, IScaling
    {
        TVec w = TDecoder.Load(row, vector);
        w = TScaling.HasZero ? TSimd.Sub(w, zero) : w;
        return TScaling.HasScale ? TSimd.Mul(w, scale) : w;
    }

    /// <summary>What makes a weight of what is stored; known when the code is compiled.</summary>
    private interface IScaling
    {
        static abstract bool HasScale { get; }

        static abstract bool HasZero { get; }
    }

    private readonly struct Unscaled : IScaling
    {
        public static bool HasScale => false;

        public static bool HasZero => false;
    }

    private readonly struct Scaled : IScaling
    {
        public static bool HasScale => true;

        public static bool HasZero => false;
    }

    private readonly struct Shifted : IScaling
    {
        public static bool HasScale => true;

        public static bool HasZero => true;
    }
}
