using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Tests;

/// <summary>Experts whose weights are codes or halves: few rows widen them in registers, many rows a block at a time.</summary>
public sealed class QuantisedExpertTests
{
    private static IEnumerable<InstructionSet> Sets => Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported);

    [Theory]
    [InlineData(TensorElementType.Int8, false)]
    [InlineData(TensorElementType.Int8, true)]
    [InlineData(TensorElementType.UInt8, false)]
    [InlineData(TensorElementType.UInt8, true)]
    [InlineData(ExpertCase.Int4, false)]
    [InlineData(ExpertCase.Int4, true)]
    [InlineData(ExpertCase.UInt4, false)]
    [InlineData(ExpertCase.UInt4, true)]
    public void Codes_agree_with_the_definition(TensorElementType codes, bool zeroPoints)
    {
        foreach (int block in (int[])[0, 16, 48, 1000])
        {
            foreach (int tokens in (int[])[1, 6, 40])
            {
                ExpertCase c = new() { Tokens = tokens, Width = 70, Hidden = [150, 33, 128], OutputWidth = 71, Codes = codes, ZeroPoints = zeroPoints, BlockSize = block };
                Agrees(c, TensorElementType.Float, 3e-6);
            }
        }
    }

    [Theory]
    [InlineData("separate", 300)]
    [InlineData("interleaved", 290)]
    [InlineData("concatenated", 64)]
    public void Gates_keep_the_scales_of_their_columns(string gate, int width)
    {
        foreach (TensorElementType codes in (TensorElementType[])[TensorElementType.UInt8, ExpertCase.Int4])
        {
            foreach (int tokens in (int[])[2, 25])
            {
                ExpertCase c = new()
                {
                    Tokens = tokens,
                    Width = width,
                    Hidden = [130, 130],
                    OutputWidth = 31,
                    Activation = "silu",
                    Gate = gate,
                    Codes = codes,
                    ZeroPoints = true,
                    BlockSize = 32,
                };
                Agrees(c, TensorElementType.Float, 3e-6);
                Agrees(c, TensorElementType.Float16, 6e-4);
                Agrees(c, TensorElementType.BFloat16, 5e-3);
            }
        }
    }

    /// <summary>Few rows and many take different ways to the same sums.</summary>
    [Theory]
    [InlineData(TensorElementType.Float, TensorElementType.Int8)]
    [InlineData(TensorElementType.Float, ExpertCase.UInt4)]
    [InlineData(TensorElementType.Float16, null)]
    [InlineData(TensorElementType.BFloat16, null)]
    public void Token_gives_the_same_bits_alone_and_among_others(TensorElementType type, TensorElementType? codes)
    {
        ExpertCase c = new() { Tokens = 90, Width = 300, Hidden = [400, 400, 400], OutputWidth = 80, Codes = codes, ZeroPoints = true, BlockSize = 32 };
        ExpertInputs inputs = new(c, type);
        long[] ids = c.Assignments();
        foreach (InstructionSet set in Sets)
        {
            double[] all = ExpertRunner.Run(c, inputs, type, set, threads: 2);
            foreach (int t in (int[])[0, 17, 89])
            {
                using ExpertRunner runner = new(c with { Tokens = 1, Ids = ids[(t * 2)..((t * 2) + 2)] }, inputs, type, set);
                Assert.Equal(all[(t * 80)..((t + 1) * 80)], runner.Run(inputs.Of(t)));
            }
        }
    }

    /// <summary>Halves that are infinite, not a number, subnormal or zero of either sign, among others.</summary>
    [Fact]
    public void Every_half_is_read_as_it_is()
    {
        foreach (bool special in (bool[])[false, true])
        {
            int width = 256, columns = special ? 256 : 124;
            ExpertCase c = new() { Tokens = 256, Choices = 1, Width = width, Hidden = [columns], OutputWidth = columns, Activation = "identity", Biases = false, Ids = new long[256] };
            ExpertInputs inputs = new(c, TensorElementType.Float16);
            Ones(inputs.XBytes, width, width, 1);
            Ones(inputs.WeightBytes, 256, 1, 1);
            Ones(inputs.Tail[1].Bytes, columns, columns, 1);
            for (int i = 0; i < width * columns; i++)
            {
                // All exponents but the last, or all halves.
                ushort half = special ? (ushort)i : (ushort)((i % 124 << 8) | (i / 124));
                BitConverter.TryWriteBytes(inputs.Tail[0].Bytes.AsSpan(i * 2), half);
            }

            foreach (InstructionSet set in Sets)
                Same(c, inputs, set, columns, !special);
        }
    }

    /// <summary>x and w2 are identities, so that each row of the result is a row of w1; of special rows only that they are so.</summary>
    private static void Same(ExpertCase c, ExpertInputs inputs, InstructionSet set, int columns, bool finite)
    {
        foreach (int tokens in (int[])[256, 2])
        {
            using ExpertRunner runner = new(c with { Tokens = tokens, Ids = new long[tokens] }, inputs, TensorElementType.Float16, set);
            double[] actual = runner.Run(inputs);
            for (int row = 0; row < tokens; row++)
            {
                double[] expected = [.. Enumerable.Range(0, columns).Select(j => (double)BitConverter.ToHalf(inputs.Tail[0].Bytes, ((row * columns) + j) * 2))];
                for (int j = 0; j < columns && finite; j++)
                    Assert.Equal(expected[j], actual[(row * columns) + j]);
                if (!finite)
                    Assert.All(actual[(row * columns)..((row + 1) * columns)], static y => Assert.True(double.IsNaN(y)));
            }
        }
    }

    private static void Ones(byte[] halves, int count, int stride, float value)
    {
        Array.Clear(halves);
        for (int i = 0; i < count; i++)
            BitConverter.TryWriteBytes(halves.AsSpan(((i * stride) + (stride > 1 ? i : 0)) * 2), (Half)value);
    }

    private static void Agrees(ExpertCase c, TensorElementType type, double tolerance)
    {
        ExpertInputs inputs = new(c, type);
        double[] expected = NaiveExperts.Run(c, inputs);
        foreach (InstructionSet set in Sets)
        {
            foreach (bool packed in (bool[])[true, false])
            {
                double error = Relative.Error(ExpertRunner.Run(c, inputs, type, set, packed: packed), expected);
                Assert.True(error <= tolerance, $"{c} {type} {set} packed {packed}: {error:e2} above {tolerance:e1}");
            }
        }
    }
}
