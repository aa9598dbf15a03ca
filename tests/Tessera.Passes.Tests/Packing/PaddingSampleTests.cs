using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Packing;
using Tessera.Testing;
using Xunit;

namespace Tessera.Passes.Tests.Packing;

/// <summary>Every sample of every op with padding along n: what the example gets is what it gets alone, or the op is refused.</summary>
public class PaddingSampleTests
{
    private const int Own = 3;
    private const int Padded = 5;

    public static TheoryData<string> Ops => SampleCases.Ops;

    [Theory]
    [MemberData(nameof(Ops))]
    public void Padding_of_any_kind_is_not_seen(string op) => Check(op, promised: null);

    [Theory]
    [MemberData(nameof(Ops))]
    public void Padding_of_zeros_is_not_seen(string op) => Check(op, promised: 0);

    [Theory]
    [InlineData("softmax", double.NegativeInfinity)]
    [InlineData("reduce_sum", 0)]
    [InlineData("matmul", 0)]
    [InlineData("conv", 0)]
    public void What_padding_is_known_to_hold_lets_ops_through(string op, double promised)
    {
        Assert.Contains(SampleCases.Of(op), c => Proved(c.Graph, promised) is not null && Proved(c.Graph, null) is null);
    }

    private static void Check(string op, double? promised)
    {
        foreach ((OpSample sample, Graph graph) in SampleCases.Of(op))
        {
            if (Proved(graph, promised) is null)
            {
                continue;
            }

            Dictionary<string, RefTensor> alone = SampleCases.Inputs(sample, graph, Own, seed: 1);
            Dictionary<string, RefTensor> behind = SampleCases.Inputs(sample, graph, Padded, seed: 2);
            Dictionary<string, RefTensor> padded = alone.ToDictionary(
                static p => p.Key, p => Rows.Behind(p.Value, promised is { } number ? Filled(behind[p.Key], number) : behind[p.Key]));
            RefTensor[]? expected = SampleCases.Run(sample, graph, alone);
            RefTensor[]? actual = SampleCases.Run(sample, graph, padded);
            for (int o = 0; o < (expected is null || actual is null ? 0 : expected.Length); o++)
            {
                RefAssert.Close(expected![o], Rows.Corner(actual![o], expected[o].Dims), 1e-6, absolute: 1e-9);
            }
        }
    }

    private static IReadOnlyDictionary<Value, PaddingState>? Proved(Graph graph, double? promised)
    {
        Dictionary<Value, PaddingState> known = promised is not { } number ? [] : graph.Inputs.ToDictionary(
            static v => v, v => PaddingState.Of(v) with { Fills = [.. v.Shape.Select(_ => Fill.Known(number))] });
        try
        {
            return PaddingProof.Run(graph, [SampleCases.Size], known);
        }
        catch (TesseraException refusal) when (refusal.Code == "TSR0533")
        {
            return null;
        }
    }

    private static RefTensor Filled(RefTensor like, double number) => like.DType == DType.Bool ? RefTensor.Bools(like.Dims, [.. like.B.Select(_ => number != 0)])
        : like.DType == DType.String ? like
        : like.DType.IsFloat() ? RefTensor.Floats(like.DType, like.Dims, [.. like.F.Select(_ => number)])
        : RefTensor.Ints(like.DType, like.Dims, [.. like.I.Select(_ => (long)number)]);
}
