using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>The kernels' own source, run on the CPU by the stub of the driver.</summary>
public class CudaRouteTests
{
    private static readonly TensorElementType[] s_types = [TensorElementType.Float, TensorElementType.Double, TensorElementType.Float16, TensorElementType.BFloat16];

    // A chunk is 256 positions: fewer, as many, more, and more chunks than a block of the scan has threads.
    private static readonly RouteCase s_limited = new(700, 5) { K = 3, Factor = 0.7f };

    // Tokens are ranked by sorted chunks of 1024.
    private static readonly RouteCase s_sorted = new(3500, 4) { Factor = 0.7f, Priority = "batch" };

    // More than shared memory takes: a row of each block lies in memory.
    private static readonly RouteCase s_wide = new(30, 2000) { K = 5, Type = TensorElementType.Double };

    internal static readonly Dictionary<string, RouteCase> s_shapes = new()
    {
        ["no token, one group"] = new(0, 4) { Factor = 1, Groups = [0, 0] },
        ["no token, no group"] = new(0, 4) { ExpertChoice = true, Groups = [0] },
        ["one token of one expert"] = new(1, 1) { K = 1, Factor = 1, Priority = "batch" },
        ["no choice"] = new(9, 4) { K = 0, Factor = 1 },
        ["experts choose nothing"] = new(9, 4) { K = 0, ExpertChoice = true },
        ["one expert"] = new(300, 1) { K = 1, Factor = 0.5f, Groups = [0, 100, 300] },
        ["experts as a block has threads"] = new(9, 128) { K = 8, GroupCount = 8, TopGroups = 4, GroupScore = "sum_of_two", Biased = true, Scoring = "sigmoid" },
        ["experts beyond a block's threads"] = new(70, 300) { K = 7, Factor = 0.3f, Priority = "batch" },
        ["chunks of two tiles"] = new(700, 300) { K = 3, Factor = 9 },
        ["groups that begin in the first tile of a chunk"] = new(700, 300) { K = 3, Factor = 9, Groups = [0, 180, 350, 700] },
        ["mixed until nothing is left"] = new(1, 4) { K = 4, Scoring = "sparse_mixer", Given = [3, double.NegativeInfinity, 1, double.NegativeInfinity] },
        ["magnitudes of a row that is no number"] = new(2, 4) { Scoring = "sparse_top_k", Magnitude = true, Given = [double.NaN, 1, 2, 3, 0, 1, 2, 3] },
        ["a chunk"] = new(256, 8) { K = 1, Factor = 1 },
        ["a chunk and one more"] = new(257, 8) { K = 1, Factor = 1 },
        ["chunks"] = s_limited,
        ["chunks by token"] = s_limited with { Priority = "token" },
        ["chunks by weight"] = s_limited with { Priority = "batch" },
        ["small groups"] = s_limited with { Groups = SmallGroups(700) },
        ["small groups by token"] = s_limited with { Groups = SmallGroups(700), Priority = "token" },
        ["small groups by weight"] = s_limited with { Groups = SmallGroups(700), Priority = "batch" },
        ["small groups of expert choice"] = s_limited with { Groups = SmallGroups(700), ExpertChoice = true, Renormalize = true },
        ["a group in the middle of chunks"] = s_limited with { Groups = [0, 0, 0, 33, 650, 650, 700, 700] },
        ["groups that begin where chunks do"] = s_limited with { Groups = [0, 256, 512, 700], Priority = "batch" },
        ["more chunks than threads"] = new(35_000, 3) { K = 2, Factor = 0.9f, Groups = [0, 20_000, 20_001, 35_000] },
        ["more groups than threads"] = new(900, 4) { Factor = 1, Groups = SmallGroups(900), Priority = "token", Multiple = 2 },
        ["a sorted chunk"] = s_sorted with { Tokens = 1024 },
        ["a sorted chunk and one more"] = s_sorted with { Tokens = 1025, ExpertChoice = true },
        ["sorted chunks of one group"] = s_sorted,
        ["sorted chunks of one group of expert choice"] = s_sorted with { ExpertChoice = true },
        ["groups across sorted chunks"] = s_sorted with { Groups = [0, 1000, 1024, 1024, 1030, 3500] },
        ["groups across sorted chunks of expert choice"] = s_sorted with { Groups = [0, 1000, 1024, 1024, 1030, 3500], ExpertChoice = true },
        ["small groups across sorted chunks"] = s_sorted with { Groups = SmallGroups(3500), ExpertChoice = true },
        ["ties across sorted chunks"] = s_sorted with { Given = Repeated([1, 2, 3, 3, 2, 1, 0, 0, 1, 1, 1, 1], 14_000), ExpertChoice = true },
        ["ties across sorted chunks by weight"] = s_sorted with { Given = Repeated([1, 2, 3, 3, 2, 1, 0, 0, 1, 1, 1, 1], 14_000) },
        ["most of a row in shared memory"] = s_wide with { Experts = 1500 },
        ["wide"] = s_wide,
        ["wide, groups"] = s_wide with { GroupCount = 500, TopGroups = 9, Biased = true },
        ["wide, mixed"] = s_wide with { Scoring = "sparse_mixer", K = 2 },
        ["wide, sparse"] = s_wide with { Scoring = "sparse_top_k", Factor = 2 },
        ["wide, expert choice"] = s_wide with { ExpertChoice = true, Factor = 40, Groups = [0, 3, 30] },
        ["wide, capacity"] = s_wide with { Factor = 100, Groups = [0, 10, 30], Priority = "batch" },
    };

    public static TheoryData<string> Names => [.. RouteTests.Cases.Keys];

    public static TheoryData<string> Shapes => [.. s_shapes.Keys];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Agrees_with_the_CPU_whatever_the_order_of_threads(string name)
    {
        var stub = CudaStub.Create();
        foreach (TensorElementType type in s_types)
            Agrees(stub, RouteTests.Cases[name] with { Type = type });
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Shapes_that_are_cut_in_many_ways_agree_with_the_CPU(string name) => Agrees(CudaStub.Create(), s_shapes[name]);

    [SkippableTheory]
    [InlineData("softmax")]
    [InlineData("sigmoid")]
    [InlineData("sparse_mixer")]
    [InlineData("sparse_top_k")]
    public void Ties_and_rows_that_are_not_numbers_agree_with_the_CPU(string scoring)
    {
        var stub = CudaStub.Create();
        Assert.All(RouteTests.Odd(scoring), c => Agrees(stub, c));

        // More choices than a row has numbers.
        Assert.All(RouteTests.Odd(scoring), c => Agrees(stub, c with { K = 4 }));

        // The same where each thread has more than one expert.
        Assert.All(RouteTests.Odd(scoring), c => Agrees(stub, new RouteCase(10, 100) with
        {
            Scoring = scoring,
            Factor = c.Factor,
            Priority = c.Priority,
            ExpertChoice = c.ExpertChoice,
            SelectFirst = c.SelectFirst,
            Given = Repeated(c.Given!, 1000),
            K = 3,
        }));
    }

    // Options drawn at random, so that each meets the others.
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Options_together_agree_with_the_CPU(int seed)
    {
        var stub = CudaStub.Create();
        Random random = new(seed);
        for (int i = 0; i < 60; i++)
            Agrees(stub, Drawn(random));
    }

    // −∞ as bias forbids an expert, +∞ orders it, NaN is no better than −∞.
    [SkippableTheory]
    [InlineData("max")]
    [InlineData("sum_of_two")]
    public void Bias_that_is_no_number_agrees_with_the_CPU(string score)
    {
        RouteCase c = new(6, 8) { K = 4, GivenBias = [double.NaN, 1, double.NegativeInfinity, 0, double.PositiveInfinity, 2, double.NegativeInfinity, 0] };
        var stub = CudaStub.Create();
        Agrees(stub, c);
        Agrees(stub, c with { GroupCount = 4, TopGroups = 2, GroupScore = score });
        Agrees(stub, c with { GroupCount = 4, TopGroups = 0, GroupScore = score, SelectFirst = true });
    }

    [SkippableFact]
    public void Slots_may_be_left_out()
    {
        OpDomain domain = CudaStub.Create().Domain();
        foreach (RouteCase c in (RouteCase[])[s_limited, s_limited with { ExpertChoice = true }])
        {
            RouteCase there = c with { Register = domain.AddTo };
            RouteResult with = there.Run(), without = there.Run(slots: false);
            Assert.Equal(with.Experts, without.Experts);
            Assert.Equal(with.Weights, without.Weights);
            Assert.Null(without.Slots);
        }
    }

    [SkippableFact]
    public void What_cannot_be_is_refused_as_on_the_CPU()
    {
        OpDomain domain = CudaStub.Create().Domain();
        RouteCase[] cases =
        [
            new(5, 8) { K = 9 }, new(5, 8) { GroupCount = 3, TopGroups = 1 }, new(5, 8) { K = -1 }, new(5, 8) { Priority = "age" }, new(5, 8) { P = 1 },
            new(5, 8) { GivenBias = [1, 2] }, new(5, 8) { Groups = [], Factor = 1 },
        ];
        Assert.All(cases, c => Assert.Equal(
            Assert.Throws<OnnxRuntimeException>(() => c.Run()).Message, Assert.Throws<OnnxRuntimeException>(() => (c with { Register = domain.AddTo }).Run()).Message));
    }

    [SkippableFact]
    public async Task Many_threads_share_a_session_and_nothing_else()
    {
        RouteCase c = new(300, 8) { Factor = 1, Priority = "batch", Groups = [0, 100, 300], Register = CudaStub.Create().Domain().AddTo };
        using InferenceSession session = c.Open();
        RouteResult expected = c.Run(session);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                RouteResult actual = c.Run(session);
                Assert.Equal(expected.Weights, actual.Weights);
                Assert.Equal(expected.Experts, actual.Experts);
                Assert.Equal(expected.Slots, actual.Slots);
            }
        })));
    }

    private static int[] SmallGroups(int tokens)
    {
        Random random = new(tokens);
        List<int> cu = [0];
        while (cu[^1] < tokens)
            cu.Add(Math.Min(tokens, cu[^1] + random.Next(4)));
        return [.. cu, tokens];
    }

    private static double[] Repeated(double[] values, int count) => [.. Enumerable.Range(0, count).Select(i => values[i / 100 * 4 % values.Length + (i % 4)])];

    private static RouteCase Drawn(Random random)
    {
        T Of<T>(params T[] choices) => choices[random.Next(choices.Length)];
        int tokens = random.Next(40), experts = Of(2, 6, 12, 36, 60), groups = Of(0, 0, 2, 3, experts);
        return new(tokens, experts)
        {
            Type = Of(s_types),
            K = random.Next(1, Math.Min(experts, 6)),
            Scoring = Of("softmax", "sigmoid", "sparse_mixer", "sparse_top_k"),
            SelectFirst = Of(true, false),
            GroupCount = experts % Math.Max(1, groups) == 0 ? groups : 0,
            TopGroups = random.Next(1, 4),
            GroupScore = Of("max", "sum_of_two"),
            Renormalize = Of(true, false),
            Epsilon = Of(0, 1e-3f),
            Scale = Of(1, 2.5f),
            Factor = Of(0, 0.6f, 1.3f),
            Rounding = Of("ceil", "round", "floor"),
            Multiple = Of(1, 1, 3),
            Priority = Of("choice", "token", "batch"),
            ExpertChoice = random.Next(4) == 0,
            Jitter = Of(0.01f, 0.3f),
            Lambda = Of(1, 0.2f),
            P = Of(2, 4f / 3, 1.5f),
            Biased = Of(true, false),
            Groups = Of(null, [0, tokens / 3, tokens / 3, tokens], SmallGroups(tokens)),
        };
    }

    private static void Agrees(CudaStub stub, RouteCase c)
    {
        RouteResult expected = RouteTests.Rounded(c, c.Run());
        RouteCase there = c with { Register = stub.Domain().AddTo };
        using InferenceSession session = there.Open();
        RouteResult forwards = there.Run(session), actual = RouteTests.Rounded(c, forwards);
        Assert.True(expected.Experts.SequenceEqual(actual.Experts), $"{c}: experts {string.Join(' ', actual.Experts)}, expected {string.Join(' ', expected.Experts)}");
        Assert.Equal(expected.Slots, actual.Slots);
        double rounding = c.Type switch
        {
            TensorElementType.Double => 1e-12,
            TensorElementType.Float => 1.2e-7,
            TensorElementType.Float16 => 1.0 / 1024,
            _ => 1.0 / 128,
        };
        for (int i = 0; i < actual.Weights.Length; i++)
        {
            double a = actual.Weights[i], e = expected.Weights[i];
            Assert.True(a.Equals(e) || Math.Abs(a - e) <= rounding * Math.Max(Math.Abs(e), 1e-3), $"{c}: weight {i} is {a:R}, expected {e:R}");
        }

        stub.Backwards(true);
        RouteResult backwards = there.Run(session);
        stub.Backwards(false);
        Assert.Equal(forwards.Experts, backwards.Experts);
        Assert.Equal(forwards.Slots, backwards.Slots);
        Assert.Equal(forwards.Weights.Select(BitConverter.DoubleToInt64Bits), backwards.Weights.Select(BitConverter.DoubleToInt64Bits));
    }
}
