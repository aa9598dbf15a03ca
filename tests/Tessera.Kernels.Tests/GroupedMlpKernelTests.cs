using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Tests;

public sealed class GroupedMlpKernelTests
{
    private const double F32 = 2e-6, F16 = 6e-4, BF16 = 5e-3, F64 = 1e-13;

    internal static readonly Dictionary<string, ExpertCase> Cases = new()
    {
        ["plain"] = new(),
        ["no bias"] = new() { Biases = false },
        ["one token"] = new() { Tokens = 1 },
        ["no token"] = new() { Tokens = 0 },
        ["no choice"] = new() { Choices = 0 },
        ["one expert"] = new() { Hidden = [40], Choices = 1 },
        ["all tokens to one expert"] = new() { Tokens = 300, Choices = 1, Ids = [.. Enumerable.Repeat(1L, 300)] },
        ["one expert named twice"] = new() { Tokens = 3, Ids = [1, 1, 0, 0, 2, 2] },
        ["ids that name none"] = new() { Tokens = 4, Ids = [-1, 3, long.MinValue, long.MaxValue, 2, -1, 1 << 20, 0] },
        ["only ids that name none"] = new() { Tokens = 2, Ids = [-1, 3, 4, -2] },
        ["many rows"] = new() { Tokens = 150, Width = 70, Hidden = [100, 100], OutputWidth = 50 },
        ["deep and wide"] = new() { Tokens = 13, Width = 530, Hidden = [300, 300, 300, 300], OutputWidth = 270 },
        ["many chunks"] = new() { Tokens = 9, Width = 33, Hidden = [1700, 1700], OutputWidth = 17, Biases = true },
        ["sizes of one"] = new() { Width = 1, Hidden = [1, 1], OutputWidth = 1 },
        ["hidden sizes differ"] = new() { Tokens = 40, Width = 65, Hidden = [1, 64, 65, 300, 0, 128], OutputWidth = 63 },
        ["nothing hidden"] = new() { Hidden = [0, 0] },
        ["no input columns"] = new() { Width = 0 },
        ["relu"] = new() { Activation = "relu" },
        ["tanh"] = new() { Activation = "gelu_tanh" },
        ["silu with alpha"] = new() { Activation = "silu", Alpha = 1.702f },
        ["identity with a limit"] = new() { Activation = "identity", Limit = 0.2f },
        ["gated by a third matrix"] = new() { Activation = "silu", Gate = "separate", Tokens = 20, Hidden = [150, 150, 150, 150] },
        ["gated, interleaved"] = new() { Activation = "silu", Gate = "interleaved", Alpha = 1.702f, Beta = 1, Limit = 0.5f, Hidden = [150, 150, 7] },
        ["gated, in halves"] = new() { Activation = "gelu", Gate = "concatenated", Limit = 0.3f, Hidden = [70, 150, 7] },
        ["gated, no bias"] = new() { Activation = "gelu_tanh", Gate = "separate", Biases = false },
        ["weighted at the input"] = new() { Activation = "silu", Gate = "separate", OnInput = true },
        ["large"] = new() { Spread = 40 },
    };

    /// <summary>Plain loops are slow: their results serve all instruction sets.</summary>
    private static readonly ConcurrentDictionary<(ExpertCase Case, TensorElementType Type), (ExpertInputs, double[])> s_expected = new();

    public static TheoryData<string, string> Grid
    {
        get
        {
            TheoryData<string, string> grid = [];
            foreach (string name in Cases.Keys)
            {
                foreach (InstructionSet set in Sets)
                    grid.Add(name, set.ToString());
            }

            return grid;
        }
    }

    private static IEnumerable<InstructionSet> Sets => Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported);

    [Theory]
    [MemberData(nameof(Grid))]
    public void Mixture_agrees_with_the_definition(string name, string set)
    {
        Agrees(Cases[name], TensorElementType.Float, Enum.Parse<InstructionSet>(set), F32, packed: true);
        Agrees(Cases[name], TensorElementType.Float, Enum.Parse<InstructionSet>(set), F32, packed: false);
    }

    [Fact]
    public void Mixture_agrees_with_the_definition_in_f64()
    {
        foreach (ExpertCase c in Cases.Values)
            Agrees(c, TensorElementType.Double, InstructionSet.Portable, F64, packed: false);
    }

    [Theory]
    [MemberData(nameof(Grid))]
    public void Mixture_agrees_with_the_definition_in_16_bits(string name, string set)
    {
        foreach (bool packed in (bool[])[true, false])
        {
            Agrees(Cases[name], TensorElementType.Float16, Enum.Parse<InstructionSet>(set), F16, packed);
            Agrees(Cases[name], TensorElementType.BFloat16, Enum.Parse<InstructionSet>(set), BF16, packed);
        }
    }

    [Fact]
    public void Threads_and_how_work_is_cut_change_no_bit()
    {
        foreach (string name in (string[])["many rows", "many chunks", "gated by a third matrix", "deep and wide"])
        {
            ExpertCase c = Cases[name];
            ExpertInputs inputs = new(c, TensorElementType.Float);
            double[] once = ExpertRunner.Run(c, inputs, TensorElementType.Float, InstructionSets.Best);
            foreach (int threads in (int[])[2, 3, 16])
                Assert.Equal(once, ExpertRunner.Run(c, inputs, TensorElementType.Float, InstructionSets.Best, threads));
        }
    }

    [Fact]
    public void Token_gives_the_same_bits_alone_and_among_others()
    {
        ExpertCase c = new() { Tokens = 230, Choices = 2, Width = 300, Hidden = [400, 400, 400], OutputWidth = 80, Activation = "silu", Gate = "separate" };
        ExpertInputs inputs = new(c, TensorElementType.Float);
        long[] ids = c.Assignments();
        double[] all = ExpertRunner.Run(c, inputs, TensorElementType.Float, InstructionSets.Best, threads: 2);
        foreach (int t in (int[])[0, 17, 229])
        {
            ExpertCase one = c with { Tokens = 1, Ids = ids[(t * 2)..((t * 2) + 2)] };
            using ExpertRunner runner = new(one, inputs, TensorElementType.Float, InstructionSets.Best);
            double[] alone = runner.Run(inputs.Of(t), threads: 2);
            Assert.Equal(all[(t * 80)..((t + 1) * 80)], alone);
        }
    }

    [Theory]
    [InlineData("none", "gelu")]
    [InlineData("separate", "silu")]
    public void Row_that_is_not_a_number_reaches_no_other(string gate, string activation)
    {
        ExpertCase c = new() { Tokens = 31, Gate = gate, Activation = activation, Hidden = [150, 150] };
        ExpertInputs inputs = new(c, TensorElementType.Float), poisoned = new(c, TensorElementType.Float);
        foreach (float poison in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            for (int d = 0; d < c.Width; d++)
                BitConverter.TryWriteBytes(poisoned.XBytes.AsSpan(((13 * c.Width) + d) * sizeof(float)), poison);
            double[] clean = ExpertRunner.Run(c, inputs, TensorElementType.Float, InstructionSets.Best);
            double[] dirty = ExpertRunner.Run(c, poisoned, TensorElementType.Float, InstructionSets.Best);
            int from = 13 * c.OutputWidth, to = 14 * c.OutputWidth;
            Assert.Equal(clean[..from], dirty[..from]);
            Assert.Equal(clean[to..], dirty[to..]);
            Assert.All(dirty[from..to], static y => Assert.False(double.IsFinite(y)));
        }
    }

    [Fact]
    public void Weight_of_an_id_that_names_no_expert_is_never_read()
    {
        ExpertCase c = new() { Tokens = 2, Ids = [-1, 1, 0, 5] };
        ExpertInputs inputs = new(c, TensorElementType.Float), poisoned = new(c, TensorElementType.Float);
        foreach (int i in (int[])[0, 3])
            BitConverter.TryWriteBytes(poisoned.WeightBytes.AsSpan(i * sizeof(float)), float.NaN);
        Assert.Equal(
            ExpertRunner.Run(c, inputs, TensorElementType.Float, InstructionSets.Best),
            ExpertRunner.Run(c, poisoned, TensorElementType.Float, InstructionSets.Best));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("many rows")]
    [InlineData("gated, interleaved")]
    public void Run_allocates_nothing(string name)
    {
        ExpertInputs inputs = new(Cases[name], TensorElementType.Float);
        using ExpertRunner runner = new(Cases[name], inputs, TensorElementType.Float, InstructionSets.Best);
        Assert.Equal(0, runner.AllocatedBy(inputs, runs: 5));
    }

    [Fact]
    public void Many_threads_at_once_agree()
    {
        ExpertCase c = Cases["many rows"];
        ExpertInputs inputs = new(c, TensorElementType.Float);
        using ExpertRunner runner = new(c, inputs, TensorElementType.Float, InstructionSets.Best);
        double[] expected = runner.Run(inputs);
        double[][] results = new double[8][];
        Thread[] threads = [.. Enumerable.Range(0, results.Length).Select(i => new Thread(() => results[i] = runner.Run(inputs, threads: 1 + (i % 3))))];
        Array.ForEach(threads, static t => t.Start());
        Array.ForEach(threads, static t => t.Join());
        Assert.All(results, r => Assert.Equal(expected, r));
    }

    [Fact]
    public void Equal_weights_are_packed_once_and_freed_with_their_last_user()
    {
        ExpertCase c = new() { Width = 71, Hidden = [93, 93], OutputWidth = 67, Seed = 77 };
        ExpertInputs inputs = new(c, TensorElementType.Float), others = new(c with { Seed = 78 }, TensorElementType.Float);
        using ExpertRunner first = new(c, inputs, TensorElementType.Float, InstructionSets.Best);
        nint Data(ExpertRunner runner)
        {
            unsafe
            {
                return (nint)runner.Experts.Experts[1].Down.Data;
            }
        }

        using (ExpertRunner second = new(c, new(c, TensorElementType.Float), TensorElementType.Float, InstructionSets.Best))
            Assert.Equal(Data(first), Data(second));
        double[] expected = NaiveExperts.Run(c, inputs);
        Assert.True(Relative.Error(first.Run(inputs), expected) < F32);
        using ExpertRunner third = new(c with { Seed = 78 }, others, TensorElementType.Float, InstructionSets.Best);
        Assert.NotEqual(Data(first), Data(third));

        // One element is another, and none of those that are looked at first.
        ExpertInputs nearly = new(c, TensorElementType.Float);
        BitConverter.TryWriteBytes(nearly.Tail[6].Bytes.AsSpan(((92 * 67) + 66) * sizeof(float)), 3f);
        using ExpertRunner fourth = new(c, nearly, TensorElementType.Float, InstructionSets.Best);
        Assert.NotEqual(Data(first), Data(fourth));
    }

    private static void Agrees(ExpertCase c, TensorElementType type, InstructionSet set, double tolerance, bool packed)
    {
        (ExpertInputs inputs, double[] expected) = s_expected.GetOrAdd((c, type), static key =>
        {
            ExpertInputs made = new(key.Case, key.Type);
            return (made, NaiveExperts.Run(key.Case, made));
        });
        double[] actual = ExpertRunner.Run(c, inputs, type, set, packed: packed && type != TensorElementType.Double);
        double error = Relative.Error(actual, expected);
        Assert.True(error <= tolerance, $"{c} {type} {set} packed {packed}: {error:e2} above {tolerance:e1}");
    }
}
