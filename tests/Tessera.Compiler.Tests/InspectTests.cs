using Tessera.Compiler.Inspect;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>What stands inside loops and branches is counted too, or said not to be.</summary>
public sealed class InspectTests
{
    private static readonly TensorType s_round = new(DType.I64, Shape.Scalar);
    private static readonly TensorType s_condition = new(DType.Bool, Shape.Scalar);

    // x is multiplied by w, [n, 4] · [4, 4], in each round: n · 16 products.
    [Theory]
    [InlineData("3", 3 * 5 * 16, 0)]
    [InlineData("rows", 5 * 5 * 16, 0)]
    [InlineData("input", 0, 1)]
    [InlineData("ended", 0, 1)]
    public void Loop_costs_its_rounds(string rounds, long macs, int untold)
    {
        GraphBuilder g = new();
        (Value x, Value w) = (g.In("x", "f32[n, 4]"), g.In("w", "f32[4, 4]"));
        Value limit = rounds switch
        {
            "rows" => g.Squeeze(g.ShapeOf(x, end: 1), [0]),
            "input" => g.In("limit", "i64[]"),
            _ => g.Int(DType.I64, 3),
        };
        Region body = Regions.Of([s_round, s_condition, x.Type, w.Type], static (r, p) => [p[1], r.MatMul(p[2], p[3])]);
        Value[] inputs = [x, w];
        IReadOnlyList<Value> y = g.Loop([x, w], 1, body, maxTrip: limit, condition: rounds == "ended" ? g.In("go", "bool[]") : null);
        Check(Of(g, y, inputs), macs, untold);
        GraphReport report = GraphReport.Of(Of(g, y, inputs));
        Assert.Contains(("matmul", 1), report.Ops);
        Assert.Equal(untold, report.UntoldMacs);
    }

    [Fact]
    public void Branch_costs_its_dearer_side_and_its_memory()
    {
        GraphBuilder g = new();
        (Value x, Value w) = (g.In("x", "f32[n, 4]"), g.In("w", "f32[4, 4]"));
        Region cheap = Regions.Of([x.Type, w.Type], static (r, p) => [r.MatMul(p[0], p[1])]);
        Region dear = Regions.Of([x.Type, w.Type], static (r, p) => [r.MatMul(r.MatMul(r.MatMul(p[0], p[1]), p[1]), p[1])]);
        Graph graph = Of(g, g.If(g.In("c", "bool[]"), [x, w], cheap, dear), [x, w]);
        Check(graph, 3 * 5 * 16, 0);

        // Inside, a product beside the one it is made of; outside, the result: 3 · n · 4 floats.
        Assert.Equal(3 * 5 * 16, ActivationMemory.Peak(graph).Evaluate(static _ => 5));
    }

    [Fact]
    public void Sizes_made_inside_a_loop_are_told_apart()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, n]");
        Region body = Regions.Of([s_round, s_condition, TypeText.Parse("f32[k, n]"), x.Type], static (r, p) =>
            [p[1], r.MatMul(r.Concat([p[2], p[2]], 0), p[3])]);
        Graph graph = Of(g, g.Loop([x, x], 1, body, maxTrip: g.Int(DType.I64, 2)), [x]);
        Assert.Equal((0, 1), (GraphCost.Macs(graph), GraphCost.Untold(graph).Count));
        Assert.Equal(["n"], ActivationMemory.Peak(graph).Symbols.Where(static s => s is "k" or "n"));
    }

    // A product of [2, 3, 4] and [2, 4, 5]; kernels of 3 × 2 over every one of 2 · 4 · 7 elements for 6 / 2 channels; of 3 steps
    // two states of 4 × 5, updated and read by 2 and by 4 heads of queries; four gates over inputs of 4 and a state of 3.
    [Theory]
    [InlineData("%y = einsum %a, %b {equation = \"bij,bjk->bik\"}", "f32[2, 3, 4]", "f32[2, 4, 5]", 2 * 3 * 4 * 5)]
    [InlineData("%y = einsum %a, %b {equation = \"i,j\"}", "f32[3]", "f32[4]", 12)]
    [InlineData("%y = conv_transpose %a, %b {group = 2}", "f32[2, 4, 7]", "f32[4, 3, 6]", 2 * 4 * 7 * 18)]
    [InlineData("%y, %s = linear_attention %a, %a, %b {query_heads = 2, key_heads = 2, update_rule = \"linear\"}", "f32[1, 3, 8]", "f32[1, 3, 10]", 3 * 20 * 4)]
    [InlineData("%y = matmul_integer %a, %b", "u8[2, 3]", "u8[3, 4]", 24)]
    [InlineData("%y = conv_integer %a, %b", "u8[1, 2, 5]", "u8[4, 2, 3]", 4 * 3 * 6)]
    [InlineData("%y, %h = rnn %a, %b, %r {hidden_size = 3}", "f32[5, 2, 4]", "f32[1, 3, 4]", 5 * 2 * (12 + 9))]
    public void Products_by_other_names_are_counted(string op, string a, string b, long macs) => Assert.Equal(macs, GraphCost.Macs(Parser.Parse($$"""
        graph "g" {
          input %a: {{a}}
          input %b: {{b}}
          input %r: f32[1, 3, 3]
          {{op}}
          output "y" = %y
        }
        """)).ConstValue);

    [Fact]
    public void Figure_that_is_too_large_takes_no_other_with_it()
    {
        Graph graph = Parser.Parse("""
            graph "g" {
              input %a: f32[4000000000, 2]
              input %b: f32[2, 4000000000]
              %w = parameter {path = "w", type = f32[3]}
              %big = parameter {path = "big", type = f64[4000000000, 4000000000]}
              %0 = matmul %a, %b
              %1 = reduce_max %0 {axes = [0, 1]}
              %2 = add %w, %1
              output "y" = %2
              output "z" = %big
            }
            """);
        GraphReport report = GraphReport.Of(graph);
        Assert.Equal((null, null, null), (report.Flops, report.ActivationBytes, report.WeightBytes));
        Assert.Equal((null, 12L), (report.Types.Single(static t => t.DType == DType.F64).WeightBytes, report.Types.Single(static t => t.DType == DType.F32).WeightBytes));
        Assert.Contains(("matmul", 1), report.Ops);
        Assert.Contains(Compiler.Report.ModelBlocks.Rows(report), static r => r is ("FLOPs", Figure.TooLarge));
        Assert.Contains(Compiler.Report.ModelBlocks.Rows(report), static r => r is ("kinds of ops", "3"));
    }

    [Fact]
    public void Every_op_has_a_family_or_is_known_to_have_none()
    {
        string[] none =
        [
            "bernoulli", "concat_from_sequence", "constant", "dft", "image_decoder", "input", "label_encoder", "mel_weight_matrix", "optional_get_element",
            "optional_has_element", "optional_of", "parameter", "random_fill", "random_like", "regex_full_match", "sequence_at", "sequence_construct",
            "sequence_empty", "sequence_erase", "sequence_insert", "sequence_length", "sequence_map", "split_to_sequence", "stft", "string_concat",
            "string_normalizer", "string_split", "tf_idf_vectorizer", "tree_ensemble", "window_function", "dynamic_dft",
        ];
        Assert.Equal(
            none.Order(StringComparer.Ordinal),
            OpRegistry.All.Select(static s => s.Name).Where(static n => Compiler.Draw.OpFamilies.Of(n) == Compiler.Draw.OpFamily.Other).Order(StringComparer.Ordinal));
    }

    private static void Check(Graph graph, long macs, int untold)
    {
        Assert.Equal(macs, GraphCost.Macs(graph).Evaluate(static _ => 5));
        Assert.Equal(untold, GraphCost.Untold(graph).Count);
    }

    private static Graph Of(GraphBuilder builder, IReadOnlyList<Value> results, IReadOnlyList<Value> inputs) => new()
    {
        Name = "g",
        Builder = builder,
        Inputs = inputs,
        Outputs = [.. results.Select(static (v, i) => new GraphOutput($"y{i}", v))],
    };
}
