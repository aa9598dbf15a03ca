using Tessera.Compiler.Diff;
using Tessera.Ir;
using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Compiler.Tests.Diff;

/// <summary>Names of sizes, weights and nodes, and the order of what commutes, make no difference; all else is named.</summary>
public sealed class ModelDiffTests
{
    private const string First =
        """
        graph "first" {
          input %x: f32[n, 4]
          %w: f32[4, 4] = constant {value = f32[4, 4] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}}
          %0 = matmul %x, %w
          %1 = gelu %0
          %2 = softmax %1 {axis = -1}
          %3 = add %2, %x
          output "y" = %3
        }
        """;

    [Fact]
    public void Names_of_sizes_and_order_of_addends_are_no_difference()
    {
        ModelDifference difference = Of(First.Replace("f32[n, 4]", "f32[rows, 4]", StringComparison.Ordinal).Replace("add %2, %x", "add %x, %2", StringComparison.Ordinal));
        Assert.True(difference.IsSame);
        Assert.Equal(Of(First).SameOps, difference.SameOps);
    }

    [Theory]
    [InlineData("add", true)]
    [InlineData("sub", false)]
    public void Order_of_operands_counts_where_they_do_not_commute(string op, bool same)
    {
        StructureIds ids = new();
        int Number(string operands)
        {
            Graph g = Parser.Parse($$"""
                graph "g" {
                  input %x: f32[n]
                  input %y: f32[n]
                  %z = {{op}} {{operands}}
                  output "z" = %z
                }
                """);
            GraphStructure structure = new(ids, [g.Outputs[0].Value], [.. g.Inputs.Select(static (v, i) => (v, $"input {i}"))], g.Weights);
            return structure[g.Outputs[0].Value.Producer];
        }

        Assert.Equal(same, Number("%x, %y") == Number("%y, %x"));
    }

    [Fact]
    public void Weight_and_constant_of_one_content_are_the_same()
    {
        Graph other = Parser.Parse(First.Replace("constant {value = f32[4, 4] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}}", "parameter {path = \"w\", type = f32[4, 4]}", StringComparison.Ordinal));
        float[] identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        Graph Bound(float[] values) => other with { Weights = new Dictionary<string, WeightSource> { ["w"] = MemoryWeightSource.Of<float>(values, 4, 4) } };
        Assert.True(ModelDiff.Of(Parser.Parse(First), Bound(identity)).IsSame);

        (identity[3], identity[5]) = (0.5f, -1);
        ModelDifference changed = ModelDiff.Of(Parser.Parse(First), Bound(identity));
        WeightChange weight = Assert.Single(changed.Weights);
        Assert.Equal((16, 2, 2.0), (weight.Elements, weight.Differing, weight.Largest));
        Assert.Equal(0, changed.OnlyInFirst.Count + changed.OnlyInSecond.Count + changed.Attributes.Count + changed.Wiring.Count + changed.Interface.Count);
    }

    [Fact]
    public void Attribute_that_differs_is_named_with_both_values()
    {
        ModelDifference difference = Of(First.Replace("axis = -1", "axis = 0", StringComparison.Ordinal));
        AttributeChange change = Assert.Single(difference.Attributes);
        Assert.Equal(("softmax", "axis", "-1", "0"), (change.Op, change.Attribute, change.First, change.Second));
        Assert.Equal(0, difference.OnlyInFirst.Count + difference.OnlyInSecond.Count + difference.Wiring.Count);
    }

    [Fact]
    public void Op_put_between_is_the_only_one_without_counterpart()
    {
        ModelDifference difference = Of(First.Replace("%2 = softmax %1 {axis = -1}", "%r = relu %1\n  %2 = softmax %r {axis = -1}", StringComparison.Ordinal));
        Assert.Empty(difference.OnlyInFirst);
        OpGroup only = Assert.Single(difference.OnlyInSecond);
        Assert.Equal(("relu", 1), (only.Op, only.Places.Count));
        Assert.Equal(0, difference.Attributes.Count + difference.Wiring.Count + difference.Weights.Count);
        Assert.Equal(4, difference.SameOps);
    }

    [Fact]
    public void Operand_taken_from_elsewhere_is_told()
    {
        ModelDifference difference = Of(First.Replace("add %2, %x", "add %2, %1", StringComparison.Ordinal));
        Assert.NotEmpty(difference.Wiring);
        Assert.Equal(0, difference.OnlyInFirst.Count + difference.OnlyInSecond.Count + difference.Attributes.Count);
    }

    [Fact]
    public void Interface_is_compared_by_name_then_by_place()
    {
        ModelDifference difference = Of(First.Replace("%x", "%image", StringComparison.Ordinal).Replace("\"y\"", "\"z\"", StringComparison.Ordinal).Replace("f32[n, 4]", "f32[3, 4]", StringComparison.Ordinal));
        Assert.Equal(
            ["name of input 0: x → image", "type of input x: f32[n, 4] → f32[3, 4]", "name of output 0: y → z"],
            difference.Interface.Select(static c => c.ToString()));
        Assert.Equal(0, difference.OnlyInFirst.Count + difference.OnlyInSecond.Count + difference.Attributes.Count);
    }

    [Theory]
    [InlineData("f32[n, 4]", "f32[m, 4]", "f32[n, 4]")]
    [InlineData("f32[n, 4]", "f32[n, 4]", "f32[m, 4]")]
    [InlineData("f32[3, 4]", "f32[3, 4]", "f32[2, 4]")]
    [InlineData("f32[3, 4]", "f32[3, 4]", "f32[n, 4]")]
    public void Sizes_are_compared_as_numbers_and_as_what_is_equal(string first, string second, string changed)
    {
        string Text(string a, string b) => $"graph \"g\" {{\n input %a: {a}\n input %b: {b}\n output \"a\" = %a\n output \"b\" = %b\n}}";
        Assert.True(ModelDiff.Of(Parser.Parse(Text(first, second)), Parser.Parse(Text(first, second))).IsSame);
        ModelDifference difference = ModelDiff.Of(Parser.Parse(Text(first, second)), Parser.Parse(Text(first, changed)));
        Assert.Contains($"type of input b: {second} → {changed}", difference.Interface.Select(static c => c.ToString()));
    }

    [Fact]
    public void Weights_of_other_types_are_not_compared_by_their_elements()
    {
        WeightChange change = Assert.Single(Of(First
            .Replace("%w: f32[4, 4] = constant {value = f32[4, 4] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}}", "%w: f32[4, 1] = constant {value = f32[4, 1] {1, 2, 3, 4}}", StringComparison.Ordinal)).Weights);
        Assert.Equal(("f32[4, 4]", "f32[4, 1]", 0L, double.NaN), (change.FirstType, change.SecondType, change.Elements, change.Largest));
    }

    [Fact]
    public void Branches_are_compared_inside()
    {
        const string Branches =
            """
            graph "branches" {
              input %c: bool[]
              input %x: f32[n]
              %0: f32[n] = if %c, %x {then = {
                input %p0: f32[n]
                %0: f32[n] = relu %p0
                yield %0
              }, else = {
                input %p0: f32[n]
                %0: f32[n] = abs %p0
                yield %0
              }}
              output "y" = %0
            }
            """;
        ModelDifference difference = ModelDiff.Of(Parser.Parse(Branches), Parser.Parse(Branches.Replace("abs", "neg", StringComparison.Ordinal)));
        Assert.Equal("abs", Assert.Single(difference.OnlyInFirst).Op);
        Assert.Equal("neg", Assert.Single(difference.OnlyInSecond).Op);
        Assert.Empty(difference.Attributes);
    }

    private static ModelDifference Of(string second) => ModelDiff.Of(Parser.Parse(First), Parser.Parse(second));
}
