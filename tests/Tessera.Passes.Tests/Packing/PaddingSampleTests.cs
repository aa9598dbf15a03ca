using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
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
    [InlineData("%0 = softmax %x {axis = 1}", double.NegativeInfinity)]
    [InlineData("%0 = softmax %x {axis = 1}", -10000)]
    [InlineData("%0 = log_softmax %x {axis = 1}", double.NegativeInfinity)]
    [InlineData("%0 = reduce_sum %x {axes = [1]}", 0)]
    [InlineData("%0 = reduce_prod %x {axes = [1]}", 1)]
    [InlineData("%0 = reduce_max %x {axes = [1]}", double.NegativeInfinity)]
    [InlineData("%0 = cum_sum %x {axis = 1, reverse = true}", 0)]
    [InlineData("%t = transpose %x {perm = [1, 0]}\n  %0 = matmul %x, %t", 0)]
    [InlineData("%w = parameter {path = \"w\", type = f32[1, 1, 3]}\n  %r = reshape %x {shape = [2, 1, n]}\n  %0 = conv %r, %w {pads = [1, 1]}", 0)]
    public void What_padding_is_known_to_hold_lets_ops_through(string ops, double promised)
    {
        Graph graph = Parser.Parse($"graph \"g\" {{\n  input %x: f32[2, n]\n  {ops}\n  output \"y\" = %0\n}}\n");
        Assert.NotNull(Proved(graph, promised));
        Assert.Null(Proved(graph, 5));
        Assert.Null(Proved(graph, null));
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
                RefAssert.Close(expected![o], Rows.Corner(actual![o], expected[o].Dims), SampleCases.Tolerance(expected[o].DType), absolute: 1e-7);
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
