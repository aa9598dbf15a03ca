using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Ir.Tests.Ops;

public class ControlTests
{
    private static readonly TensorType s_round = new(DType.I64, Shape.Scalar);
    private static readonly TensorType s_condition = new(DType.Bool, Shape.Scalar);

    [Fact]
    public void If_joins_the_types_of_its_branches()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "i64[n, 2]");
        Region same = Regions.Of([x.Type], static (_, p) => [p[0]]);
        Region twice = Regions.Of([x.Type], static (r, p) => [r.Concat([p[0], p[0]], 0)]);
        Region flat = Regions.Of([x.Type], static (r, p) => [r.Reshape(p[0], [Dim.Sym("n") * 2])]);
        Value condition = g.In("c", "bool[]");
        Assert.Equal(x.Type, g.If(condition, [x], same, same)[0].Type);
        Shape joined = g.If(condition, [x], same, twice)[0].Shape;
        Assert.Equal(Dim.Const(2), joined[1]);
        Assert.DoesNotContain("n", joined[0].Symbols);
        Assert.Null(g.If(condition, [x], same, flat)[0].Tensor.Shape);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 4)]
    public void If_runs_one_branch(bool condition, int count)
    {
        GraphBuilder g = new();
        Value x = g.In("x", "i64[n]");
        Region same = Regions.Of([x.Type], static (_, p) => [p[0]]);
        Region twice = Regions.Of([x.Type], static (r, p) => [r.Concat([p[0], p[0]], 0)]);
        Value y = g.If(g.In("c", "bool[]"), [x], same, twice)[0];
        Assert.Equal(count, Eval.Of(y, ("x", Eval.Iota(2)), ("c", RefTensor.Bools([], [condition]))).Count);
    }

    [Fact]
    public void Sizes_made_up_in_a_region_are_not_those_outside()
    {
        GraphBuilder g = new();
        Value found = g.NonZero(g.In("x", "i64[n]"));
        Value z = g.In("z", "i64[m]");
        Region inner = Regions.Of([z.Type], static (r, p) => [r.NonZero(p[0])]);
        Assert.Equal(found.Shape, inner.Results[0].Shape);
        Value y = g.Concat([found, g.If(g.In("c", "bool[]"), [z], inner, inner)[0]], 1);
        Assert.Equal([1, 2, 3, 1], Eval.Of(y, ("x", Eval.Iota(4)), ("z", Eval.Iota(2)), ("c", RefTensor.Bools([], [true]))).I);
    }

    [Fact]
    public void If_refuses_branches_of_different_element_types()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "i64[n]");
        Region same = Regions.Of([x.Type], static (_, p) => [p[0]]);
        Region floats = Regions.Of([x.Type], static (r, p) => [r.Cast(p[0], DType.F32)]);
        TesseraException error = Assert.Throws<TesseraException>(() => g.If(g.In("c", "bool[]"), [x], same, floats));
        Assert.Equal("TSR0213", error.Code);
    }

    [Fact]
    public void Loop_carries_and_stacks()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "i64[2]");
        IReadOnlyList<Value> results = g.Loop([x, x], 1, Summing(x), maxTrip: g.DimValue(3));
        Assert.Equal([0, 4], Eval.Of(results[0], ("x", Eval.Iota(2))).I);
        Assert.Equal(Shape.Of(3, 2), results[1].Shape);
        Assert.Equal([0, 2, 0, 3, 0, 4], Eval.Of(results[1], ("x", Eval.Iota(2))).I);
    }

    [Fact]
    public void Loop_of_no_rounds_hands_on_what_it_got()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "i64[2]");
        IReadOnlyList<Value> results = g.Loop([x, x], 1, Summing(x), maxTrip: g.Int(DType.I64, -1));
        Assert.Equal([0, 1], Eval.Of(results[0], ("x", Eval.Iota(2))).I);
        Assert.Equal([0, 2], Eval.Of(results[1], ("x", Eval.Iota(2))).Dims);
    }

    [Fact]
    public void Loop_stops_when_its_body_says_so()
    {
        GraphBuilder g = new();
        Region body = Regions.Of([s_round, s_condition], static (r, p) => [r.Less(p[0], r.Int(DType.I64, 2)), p[0]]);
        Value rounds = g.Loop([], 0, body)[0];
        Assert.False(rounds.Shape.IsStatic);
        Assert.Equal([0, 1, 2], Eval.Of(rounds).I);
    }

    [Fact]
    public void Loop_widens_a_size_that_changes()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "i64[n, 2]");
        IrType grown = Tessera.Ir.Text.TypeText.Parse("i64[k, 2]");
        Region body = Regions.Of([s_round, s_condition, grown], static (r, p) => [p[1], r.Concat([p[2], p[2]], 0)]);
        Value y = g.Loop([x], 1, body, maxTrip: g.Int(DType.I64, 2))[0];
        Assert.Equal(Dim.Const(2), y.Shape[1]);
        Assert.DoesNotContain("n", y.Shape[0].Symbols);
        Assert.Equal([12, 2], Eval.Of(y, ("x", Eval.Iota(3, 2))).Dims);
    }

    [Fact]
    public void Loop_refuses_a_body_that_takes_other_values()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "i64[2]");
        Region body = Regions.Of([s_round, s_condition, x.Type], static (_, p) => [p[1], p[2]]);
        TesseraException error = Assert.Throws<TesseraException>(() => g.Loop([g.In("y", "f32[2]")], 1, body));
        Assert.Contains("declares parameter 2 as i64[2], a value f32[2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sequence_takes_elements_of_many_sizes()
    {
        GraphBuilder g = new();
        Value sequence = g.SequenceInsert(g.SequenceEmpty(DType.I64, Shape.Parse("[k, 2]")), g.In("x", "i64[n, 2]"));
        sequence = g.SequenceInsert(sequence, g.In("y", "i64[1, 2]"), g.Int(DType.I64, 0));
        Value joined = g.ConcatFromSequence(sequence, 0);
        Assert.Equal(2, joined.Rank);
        Assert.Equal(Dim.Const(2), joined.Shape[1]);
        Assert.Equal([7, 8, 0, 1, 2, 3], Eval.Of(joined, ("x", Eval.Iota(2, 2)), ("y", Eval.I64([1, 2], 7, 8))).I);
    }

    // Adds the second value to the first in each round and keeps each sum.
    private static Region Summing(Value x) => Regions.Of([s_round, s_condition, x.Type, x.Type], static (r, p) =>
    {
        Value sum = r.Add(p[2], p[3]);
        return [p[1], sum, sum];
    });
}
