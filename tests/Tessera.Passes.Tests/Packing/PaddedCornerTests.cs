using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Tessera.Passes.Packing;
using Xunit;

namespace Tessera.Passes.Tests.Packing;

/// <summary>
/// Where two axes are padded there are corners, in padding along both: a mask compared with itself is 0 beside the example and 1 in the
/// corner, and what sums over one of the axes is not 0 where the other has padding.
/// </summary>
public class PaddedCornerTests
{
    private const string Masks = "%r = reshape %m {shape = [1, n]}\n  %c = reshape %m {shape = [n, 1]}\n  ";
    private const string Alike = Masks + "%e = equal %r, %c\n  %f = cast %e {to = f32}\n  ";
    private const string Both = Masks + "%e = and %r, %c\n  %f = cast %e {to = f32}\n  ";
    private const string Sums = "%s = reduce_sum %f {axes = [1]}\n  %y = reduce_sum %s {axes = [0]}";
    private const string Ones = "%o = constant {value = f32[1] {1}}\n  %t = expand %o {shape = [n, 2]}\n  ";
    private const string Product = Ones + "%p = matmul %f, %t\n  %y = reduce_sum %p {axes = [0]}";
    private const string Columns = "%o = constant {value = f32[1] {1}}\n  %t = expand %o {shape = [2, n]}\n  %p = matmul %t, %f\n  %y = reduce_sum %p {axes = [1]}";
    private const string Window = "%i = reshape %f {shape = [1, 1, n, n]}\n  %w = constant {value = f32[1, 1, 2, 2] {1, 1, 1, 1}}\n  %y = conv %i, %w {pads = [0, 0, 1, 1]}";

    [Theory]
    [InlineData(Sums, "reduce_sum")]
    [InlineData(Product, "reduce_sum")]
    [InlineData(Columns, "reduce_sum")]
    [InlineData(Window, "conv")]
    public void What_goes_through_a_corner_is_refused(string ops, string named)
    {
        TesseraException refusal = Assert.Throws<TesseraException>(() => Prove(Graph(Alike + ops)));
        Assert.Equal("TSR0533", refusal.Code);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.NotEqual(Own(Run(Alike + ops, 3)), Own(Run(Alike + ops, 5)));
    }

    [Theory]
    [InlineData(Sums)]
    [InlineData(Product)]
    [InlineData(Columns)]
    [InlineData(Window)]
    public void Zeros_in_the_corner_too_let_it_through(string ops)
    {
        Graph graph = Graph(Both + ops);
        IReadOnlyDictionary<Value, PaddingState> states = Prove(graph);
        RefTensor[] values = [.. graph.PostOrder().SelectMany(static op => op.Outputs).Select(v => (RefTensor)Evaluator.Run(graph.WithRoots([v]), Inputs(5))[0])];
        Assert.All(graph.PostOrder().SelectMany(static op => op.Outputs).Zip(values), p => PaddingClaims.Hold(states[p.First], p.Second, p.First.Shape.Evaluate(static _ => 3)));
        Assert.Equal(Own(Run(Both + ops, 3)), Own(Run(Both + ops, 5)));
    }

    [Fact]
    public void Zeros_of_the_other_factor_make_up_for_a_corner()
    {
        string ops = Alike + "%h = reshape %m {shape = [n, 1]}\n  %z = cast %h {to = f32}\n  %p = matmul %f, %z\n  %y = reduce_sum %p {axes = [0]}";
        Assert.NotNull(Prove(Graph(ops)));
        Assert.Equal(Own(Run(ops, 3)), Own(Run(ops, 5)));
    }

    private static Graph Graph(string ops) => Parser.Parse($"graph \"g\" {{\n  input %m: bool[n]\n  {ops}\n  output \"y\" = %y\n}}\n");

    private static IReadOnlyDictionary<Value, PaddingState> Prove(Graph graph) => PaddingProof.Run(
        graph, ["n"], new Dictionary<Value, PaddingState> { [graph.Inputs[0]] = PaddingState.Of(graph.Inputs[0]) with { Fills = [Fill.Known(0)], Uniform = 1, OfMask = true } });

    private static Dictionary<string, RefValue> Inputs(int padded) => new() { ["m"] = RefTensor.Bools([padded], [.. Enumerable.Range(0, padded).Select(static i => i < 3)]) };

    private static RefTensor Run(string ops, int padded) => (RefTensor)Evaluator.Run(Graph(ops), Inputs(padded))[0];

    // Of what still has the axes, the example's part.
    private static double[] Own(RefTensor y) => Rows.Corner(y, [.. y.Dims.Select(static d => d == 5 ? 3 : d)]).F;
}
