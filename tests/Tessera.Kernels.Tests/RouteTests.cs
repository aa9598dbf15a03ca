using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Tests;

public sealed class RouteTests
{
    private const double NaN = double.NaN, Inf = double.PositiveInfinity;

    private static readonly RouteCase s_usual = new(37, 8);

    internal static Dictionary<string, RouteCase> Cases { get; } = new()
    {
        ["softmax"] = s_usual,
        ["renormalised and scaled"] = s_usual with { Renormalize = true, Scale = 2.5f, Epsilon = 1e-3f },
        ["every expert"] = s_usual with { K = 8 },
        ["no expert"] = s_usual with { K = 0 },
        ["one expert in all"] = new(5, 1) { K = 1 },
        ["no token"] = new(0, 8),
        ["one token"] = new(1, 8),
        ["many experts"] = new(130, 129) { K = 8, Renormalize = true },
        ["selected first"] = s_usual with { SelectFirst = true },
        ["sigmoid"] = s_usual with { Scoring = "sigmoid", Biased = true, Renormalize = true, Epsilon = 1e-20f, Scale = 2.5f },
        ["sigmoid of those selected"] = s_usual with { Scoring = "sigmoid", SelectFirst = true },
        ["best groups"] = s_usual with { Scoring = "sigmoid", Biased = true, GroupCount = 4, TopGroups = 2, K = 3 },
        ["best groups by two"] = s_usual with { Scoring = "sigmoid", Biased = true, GroupCount = 2, TopGroups = 1, GroupScore = "sum_of_two", K = 3 },
        ["groups of one"] = s_usual with { GroupCount = 8, TopGroups = 3, GroupScore = "sum_of_two" },
        ["more than the groups hold"] = s_usual with { GroupCount = 4, TopGroups = 1, K = 4 },
        ["capacity"] = s_usual with { Factor = 0.8f },
        ["capacity by token"] = s_usual with { Factor = 0.8f, Priority = "token" },
        ["capacity by weight"] = s_usual with { Factor = 0.8f, Priority = "batch", Renormalize = true },
        ["capacity in groups of tokens"] = s_usual with { Factor = 1.1f, Groups = [0, 5, 5, 21, 37], Multiple = 2, Priority = "batch" },
        ["capacity rounded"] = s_usual with { Factor = 0.7f, Rounding = "round" },
        ["capacity rounded to even"] = new(20, 8) { Factor = 0.5f, Rounding = "round" },
        ["capacity rounded down"] = s_usual with { Factor = 0.7f, Rounding = "floor", Multiple = 3 },
        ["capacity for all"] = s_usual with { Factor = 1e9f },
        ["expert choice"] = s_usual with { ExpertChoice = true },
        ["expert choice in groups of tokens"] = s_usual with { ExpertChoice = true, Factor = 1.5f, Groups = [0, 5, 5, 21, 37], Renormalize = true, Scoring = "sigmoid" },
        ["expert choice of all"] = s_usual with { ExpertChoice = true, Factor = 100 },
        ["sparse mixer"] = s_usual with { Scoring = "sparse_mixer", Jitter = 0.2f },
        ["sparse mixer, three"] = s_usual with { Scoring = "sparse_mixer", K = 3, Renormalize = true },
        ["sparse top-k"] = s_usual with { Scoring = "sparse_top_k", Renormalize = true },
        ["sparse top-k, cubic"] = s_usual with { Scoring = "sparse_top_k", P = 4f / 3, Lambda = 0.5f },
        ["sparse top-k with capacity"] = s_usual with { Scoring = "sparse_top_k", Factor = 0.5f },
        ["sparse top-k of magnitudes"] = s_usual with { Scoring = "sparse_top_k", Magnitude = true },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Route_agrees_with_the_definition(string name)
    {
        foreach (TensorElementType type in (TensorElementType[])[TensorElementType.Float, TensorElementType.Double, TensorElementType.Float16, TensorElementType.BFloat16])
            Agrees(Cases[name] with { Type = type });
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("sigmoid")]
    [InlineData("sparse_mixer")]
    [InlineData("sparse_top_k")]
    public void Ties_and_rows_that_are_not_numbers(string scoring) => Assert.All(Odd(scoring), Agrees);

    /// <summary>Cases of rows with ties, infinities and NaN.</summary>
    internal static IEnumerable<RouteCase> Odd(string scoring)
    {
        double[] logits =
        [
            0, 0, 0, 0, 1, 2, 2, 1, NaN, 1, 2, 3, -Inf, -Inf, -Inf, -Inf, 1, Inf, 0, 2, -Inf, 3, -Inf, 1,
            3, 3, 3, 4, 0, -1, NaN, NaN, -800, -900, 0, -1000, 5, 5, 5, 5,
        ];
        RouteCase c = new(10, 4) { Given = logits, Scoring = scoring };
        yield return c;
        if (scoring == "sparse_top_k")
            yield break;
        yield return c with { Factor = 0.8f };
        yield return c with { Factor = 0.8f, Priority = "batch" };
        yield return c with { Factor = 0.5f, Priority = "token" };
        if (scoring is "softmax" or "sigmoid")
        {
            yield return c with { ExpertChoice = true };
            yield return c with { SelectFirst = true };
        }
    }

    [Fact]
    public void Row_that_is_not_a_number_is_told_so_and_keeps_its_ids_in_range()
    {
        RouteResult result = new RouteCase(2, 3) { Given = [NaN, 1, 2, 0, 1, 2] }.Run();
        Assert.Equal([0, 1, 2, 1], result.Experts);
        Assert.True(double.IsNaN(result.Weights[0]) && double.IsNaN(result.Weights[1]));
        Assert.True(double.IsFinite(result.Weights[2]) && double.IsFinite(result.Weights[3]));
    }

    /// <summary>Gates and combine tensors of V-MoE's own tests; a sigmoid of logit(g) is the gate g.</summary>
    [Fact]
    public void Vision_mixture_of_experts_drops_as_published()
    {
        RouteCase c = new(3, 3) { Given = Logits([.4, 0, .2, .5, .1, .4, .3, .2, .6]), Scoring = "sigmoid", Factor = 1, Type = TensorElementType.Double };
        Same([.4, .2, .5, 0, .6, 0], [0, 2, 0, -1, 2, -1], [0, 1, 1, -1, 0, -1], c.Run());
        Same([.4, 0, .5, .4, .6, 0], [0, -1, 0, 2, 2, -1], [1, -1, 0, 1, 0, -1], (c with { Priority = "batch" }).Run());
        Same([.4, 0, 0, .5, .1, .4, 0, .2, .6], [0, -1, -1, 0, 1, 2, -1, 1, 2], [1, -1, -1, 0, 1, 1, -1, 0, 0], (c with { ExpertChoice = true }).Run());
    }

    [Fact]
    public void Capacity_is_rounded_up_to_its_multiple()
    {
        // 32 tokens, two choices, 32 experts: 2, and 4 as the next multiple of 4.
        RouteCase c = new(32, 32) { Given = [.. Enumerable.Range(0, 32 * 32).Select(static i => i % 32 == 5 ? 2.0 : i % 32 == 9 ? 1 : 0)], Factor = 1 };
        Assert.Equal(2, c.Run().Experts.Count(static e => e == 5));
        Assert.Equal(4, (c with { Multiple = 4 }).Run().Experts.Count(static e => e == 5));
    }

    [Fact]
    public void Slots_may_be_left_out()
    {
        RouteCase c = Cases["capacity"];
        RouteResult with = c.Run(), without = c.Run(slots: false);
        Assert.Equal(with.Experts, without.Experts);
        Assert.Null(without.Slots);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_change_nothing(string name)
    {
        RouteCase c = Cases[name];
        RouteResult one = c.Run(), two = c.Run(threads: 2);
        Assert.Equal(one.Weights, two.Weights);
        Assert.Equal(one.Experts, two.Experts);
        Assert.Equal(one.Slots, two.Slots);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Refused("TSR1319 Route 'the_node'", s_usual with { K = 9 });
        Refused("TSR1319 Route 'the_node'", s_usual with { GroupCount = 3, TopGroups = 1 });
        Refused("TSR1319 Route 'the_node': k is -1; it is not negative.", s_usual with { K = -1, ExpertChoice = true });
        Refused("TSR1309 Route 'the_node': priority is 'age'; it is one of choice, token, batch.", s_usual with { Priority = "age" });
        Refused("TSR1313 Route 'the_node': cu_groups ends at 36, but there are 37 tokens.", s_usual with { Groups = [0, 36] });
        Refused("TSR1319 Route 'the_node': p is 1", s_usual with { P = 1 });
    }

    private static void Refused(string message, RouteCase c) =>
        Assert.Contains(message, Assert.Throws<OnnxRuntimeException>(() => c.Run()).Message, StringComparison.Ordinal);

    private static double[] Logits(double[] gates) => [.. gates.Select(static g => Math.Log(g / (1 - g)))];

    private static void Same(double[] weights, long[] experts, long[] slots, RouteResult actual)
    {
        Assert.Equal(experts, actual.Experts);
        Assert.Equal(slots, actual.Slots);
        Assert.All(weights.Zip(actual.Weights), static w => Assert.Equal(w.First, w.Second, 1e-14));
    }

    /// <summary>Whether the weight of a sparse top-k is 0 or all but 0, which decides its id, is a matter of the last digit.</summary>
    internal static RouteResult Rounded(RouteCase c, RouteResult result) => c.Scoring == "sparse_top_k"
        ? result with { Experts = [.. result.Experts.Select((e, i) => Math.Abs(result.Weights[i]) < 1e-12 ? -1 : e)] }
        : result;

    private static void Agrees(RouteCase c)
    {
        RouteResult expected = Rounded(c, NaiveRoute.Run(c)), actual = Rounded(c, c.Run());
        Assert.True(expected.Experts.SequenceEqual(actual.Experts), $"{c}: experts {string.Join(' ', actual.Experts)}, expected {string.Join(' ', expected.Experts)}");
        Assert.Equal(expected.Slots, actual.Slots);
        double tolerance = c.Type switch
        {
            TensorElementType.Double => 1e-13,
            TensorElementType.Float => 1e-7,
            TensorElementType.Float16 => 5e-4,
            _ => 4e-3,
        };
        for (int i = 0; i < actual.Weights.Length; i++)
        {
            double a = actual.Weights[i], e = expected.Weights[i];
            Assert.True(a.Equals(e) || Math.Abs(a - e) <= tolerance * Math.Max(1, Math.Abs(e)), $"{c}: weight {i} is {a}, expected {e}");
        }
    }
}
