using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Passes.Batching;
using Xunit;

namespace Tessera.Passes.Tests.Batching;

/// <summary>Ops that move rows: packed and padded, each example gets what it gets alone.</summary>
public class RaggedOpTests
{
    private static readonly Dim s_n = Dim.Sym("n");

    // Any length will do.
    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value>> s_always = new()
    {
        ["slice head"] = static (g, x) => g.Slice(x, [0], [2], [0]),
        ["slice from"] = static (g, x) => g.Slice(x, [2], [long.MaxValue], [0]),
        ["slice tail"] = static (g, x) => g.Slice(x, [-2], [long.MaxValue], [0]),
        ["slice but last"] = static (g, x) => g.Slice(x, [0], [-1], [0]),
        ["slice reversed"] = static (g, x) => g.Slice(x, [-1], [long.MinValue], [0], [-1]),
        ["slice every second"] = static (g, x) => g.Slice(x, [0], [long.MaxValue], [0], [2]),
        ["slice strided"] = static (g, x) => g.Slice(x, [1], [long.MaxValue], [0], [2]),
        ["slice second half"] = static (g, x) => g.Slice(x, [Dim.FloorDiv(s_n, 2)], [s_n], [0]),
        ["slice columns"] = static (g, x) => g.Slice(x, [1], [3], [1]),
        ["slice both"] = static (g, x) => g.Slice(x, [1, -2], [long.MaxValue, long.MaxValue], [0, 1]),
        ["slice transposed"] = static (g, x) => g.Slice(g.Transpose(x, [1, 0]), [-2], [long.MaxValue], [1]),
        ["token first"] = static (g, x) => g.Concat([Token(g), x], 0),
        ["token last"] = static (g, x) => g.Concat([x, Token(g)], 0),
        ["tokens around"] = static (g, x) => g.Concat([Token(g), x, Token(g)], 0),
        ["twice"] = static (g, x) => g.Concat([x, g.Slice(x, [0], [-1], [0])], 0),
        ["token transposed"] = static (g, x) => g.Concat([g.Transpose(x, [1, 0]), g.Transpose(Token(g), [1, 0])], 1),
        ["token of the example"] = static (g, x) => g.Concat([Sum(g, x), x, Sum(g, x)], 0),
        ["a choice"] = static (g, x) => Choice(g, x, static (r, p) => r.Sub(p, r.ReduceSum(p, [0], keepDims: true)), static (r, p) => r.Neg(p)),
        ["another choice"] = static (g, x) => Choice(g, x, static (r, p) => r.Neg(p), static (r, p) => r.Sub(p, r.ReduceSum(p, [0], keepDims: true)), least: 9),
        ["a choice of sums"] = static (g, x) => Choice(g, x, static (r, p) => r.ReduceSum(p, [0]), static (r, p) => r.Expand(r.Float(DType.F32, 2), [3])),
        ["a choice of a sum or not"] = static (g, x) => Choice(g, x, static (r, p) => r.ReduceSum(p, [0]), static (r, p) => r.Expand(r.Float(DType.F32, 2), [3]), least: 9),
        ["rounds"] = static (g, x) => Rounds(g, x, 0),
        ["a sum of rounds"] = static (g, x) => Rounds(g, x, 1),
        ["tokens of rounds"] = static (g, x) => Rounds(g, x, 2),
        ["sums of rounds"] = static (g, x) => Rounds(g, x, 3),
        ["numbers of rounds"] = static (g, x) => Rounds(g, x, 4),
        ["states of tokens"] = static (g, x) => Scan(g, x, axis: 0, output: 1),
        ["last state of tokens"] = static (g, x) => Scan(g, x, axis: 0, output: 0),
        ["states of tokens backwards"] = static (g, x) => Scan(g, x, axis: 0, output: 1, inputDirection: 1),
        ["last state of tokens backwards"] = static (g, x) => Scan(g, x, axis: 0, output: 0, inputDirection: 1),
        ["states of tokens in reverse"] = static (g, x) => Scan(g, x, axis: 0, output: 1, outputDirection: 1),
        ["states of tokens backwards in place"] = static (g, x) => Scan(g, x, axis: 0, output: 1, inputDirection: 1, outputDirection: 1),
        ["states of tokens behind"] = static (g, x) => Scan(g, x, axis: 0, output: 1, outputAxis: 1),
        ["a number of each token"] = static (g, x) => Scan(g, x, axis: 0, output: 2),
        ["states of the transposed"] = static (g, x) => Scan(g, g.Transpose(x, [1, 0]), axis: 1, output: 1),
        ["states of cubes"] = static (g, x) => Scan(g, g.Transpose(g.Reshape(x, [s_n, 3, 1]), [1, 2, 0]), axis: -1, output: 1, outputAxis: 1),
        ["states of columns"] = static (g, x) => Columns(g, x, axis: 1, output: 1),
        ["states of columns backwards"] = static (g, x) => Columns(g, x, axis: 1, output: 1, direction: 1),
        ["states of columns first"] = static (g, x) => Columns(g, g.Transpose(x, [1, 0]), axis: 0, output: 1),
        ["states of columns put last"] = static (g, x) => Columns(g, x, axis: 1, output: 1, outputAxis: 1),
        ["last state of columns"] = static (g, x) => Columns(g, x, axis: 1, output: 0),
        ["sums of columns"] = static (g, x) => Columns(g, x, axis: 1, output: 2),
        ["lengths of columns"] = static (g, x) => g.LpNorm(x, axis: 0),
        ["sums of columns made one"] = static (g, x) => g.LpNorm(g.Transpose(x, [1, 0]), axis: -1, p: 1),
        ["columns joined"] = static (g, x) => g.Concat([x, g.Slice(x, [0], [1], [1])], 1),
        ["positions"] = static (g, x) => Positions(g),
        ["positions backwards"] = static (g, x) => g.Range(g.DimValue(s_n - 1), g.Int(DType.I64, -1), g.Int(DType.I64, -1)),
        ["positions from the end on"] = static (g, x) => g.Range(g.DimValue(s_n), g.DimValue(s_n * 2), g.Int(DType.I64, 1)),
        ["three after the end"] = static (g, x) => g.Range(g.DimValue(s_n), g.DimValue(s_n + 3), g.Int(DType.I64, 1)),
        ["table by position"] = static (g, x) => g.Gather(g.Param("table", "f32[9, 2]"), Positions(g)),
        ["rows by position"] = static (g, x) => g.Gather(x, Positions(g)),
        ["rows reversed by index"] = static (g, x) => g.Gather(x, g.Sub(g.Int(DType.I64, -1), Positions(g))),
        ["columns gathered"] = static (g, x) => g.Gather(x, g.Ints(2, 0, -1), axis: 1),
        ["columns of the transposed"] = static (g, x) => g.Gather(g.Transpose(x, [1, 0]), Positions(g), axis: 1),
        ["the example's numbers by row"] = static (g, x) => g.Gather(g.Squeeze(Sum(g, x), [0]), g.Mod(Positions(g), g.Int(DType.I64, 3))),
        ["expanded"] = static (g, x) => g.Expand(Token(g), [s_n, 3]),
        ["tiled"] = static (g, x) => g.Tile(Token(g), [s_n, 2]),
        ["tiled columns"] = static (g, x) => g.Tile(x, [1, 2]),
        ["unsqueezed"] = static (g, x) => g.Unsqueeze(x, [0, -1]),
        ["unsqueezed inside"] = static (g, x) => g.Squeeze(g.Unsqueeze(g.Transpose(x, [1, 0]), [1, 3]), [1]),
        ["sizes"] = static (g, x) => g.ShapeOf(x),
        ["size"] = static (g, x) => g.SizeOf(x),
        ["length as a number"] = static (g, x) => g.Mul(x, g.Cast(g.DimValue(s_n), DType.F32)),
        ["ones"] = static (g, x) => g.ConstantOfShape([2, s_n], TensorContent.From(DType.F32, [1], [1f])),
        ["halves"] = static (g, x) => g.Split(x, 0, [Dim.FloorDiv(s_n, 2), s_n - Dim.FloorDiv(s_n, 2)])[1],
        ["split columns"] = static (g, x) => g.Split(x, 1, [1, 2])[1],
        ["best columns"] = static (g, x) => g.TopK(x, 2)[0],
        ["padded columns"] = static (g, x) => g.Pad(x, [0, 1, 0, 2]),
        ["one hot"] = static (g, x) => g.OneHot(Positions(g), g.Param("values", "f32[2]"), 4, axis: 0),
        ["elements"] = static (g, x) => g.GatherElements(g.Transpose(x, [1, 0]), g.Transpose(g.Mod(g.In("i", "i64[n, 2]"), g.Int(DType.I64, 3)), [1, 0]), axis: 0),
        ["convolved images"] = static (g, x) => g.Conv(g.Reshape(x, [s_n, 1, 3]), g.Param("w", "f32[2, 1, 2]"), pads: [1, 0]),
        ["mean"] = static (g, x) => g.ReduceMean(x, axes: [0]),
        ["mean of all"] = static (g, x) => g.ReduceMean(x),
        ["columns by element"] = static (g, x) => g.GatherElements(x, g.In("i", "i64[n, 2]"), axis: 1),
        ["columns written by element"] = static (g, x) => g.ScatterElements(x, g.In("i", "i64[n, 2]"), g.In("u", "f32[n, 2]"), axis: 1),
        ["table sliced"] = static (g, x) => g.Slice(g.Param("table", "f32[9, 2]"), [0], [s_n], [0]),
        ["table sliced from behind"] = static (g, x) => g.Slice(g.Param("table", "f32[9, 2]"), [-1 - s_n], [-1], [0]),
        ["table sliced backwards"] = static (g, x) => g.Slice(g.Param("table", "f32[9, 2]"), [s_n + 1], [0], [0], [-2]),
        ["columns of a table sliced"] = static (g, x) => g.Slice(g.Param("table", "f32[2, 9]"), [1, 0], [2, s_n], [0, 1]),
        ["three rows of a table"] = static (g, x) =>
        {
            g.Assume(new Constraint.GreaterEqual(6, s_n));
            return g.Slice(g.Param("table", "f32[9, 2]"), [s_n], [s_n + 3], [0]);
        },
        ["times a column"] = static (g, x) => g.MatMul(x, g.Param("w", "f32[3]")),
        ["rows times a column"] = static (g, x) => g.MatMul(g.Transpose(g.Unsqueeze(x, [0]), [0, 1, 2]), g.Param("w", "f32[3]")),
        ["by the example's gain"] = static (g, x) => g.RmsNorm(x, g.Squeeze(Sum(g, x), [0])),
        ["by the example's gain and bias"] = static (g, x) => g.LayerNorm(x, g.Squeeze(Sum(g, x), [0]), g.Squeeze(g.Neg(Sum(g, x)), [0])),
        ["by a gain and the example's bias"] = static (g, x) => g.LayerNorm(g.Unsqueeze(x, [1]), g.Param("w", "f32[3]"), g.Squeeze(Sum(g, x), [0])),
        ["softmax of rows"] = static (g, x) => g.Softmax(x, 0),
        ["log softmax of rows"] = static (g, x) => g.LogSoftmax(x, 0),
        ["softmax of all numbers"] = static (g, x) => g.Softmax(g.Reshape(x, [s_n * 3]), 0),
        ["a weight alone"] = static (g, x) => Token(g),
        ["table by data"] = static (g, x) => g.Gather(g.Param("table", "f32[9, 2]"), g.In("i", "i64[n, 2]")),
        ["triangles"] = static (g, x) => g.Trilu(g.Reshape(x, [s_n, 3, 1])),
    };

    // No example may be empty.
    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value>> s_notEmpty = new()
    {
        ["largest of columns marked"] = static (g, x) => g.Hardmax(x, axis: 0),
        ["first row"] = static (g, x) => g.Gather(x, g.Int(DType.I64, 0)),
        ["last row"] = static (g, x) => g.Gather(x, g.Int(DType.I64, -1)),
        ["last of the cubes"] = static (g, x) => g.Gather(g.Reshape(g.Concat([x, x], 1), [s_n, 2, 3]), g.Int(DType.I64, -1)),
        ["largest by column"] = static (g, x) => g.ArgMax(g.Sub(x, g.Float(DType.F32, 3)), axis: 0),
        ["smallest by column"] = static (g, x) => g.ArgMin(x, axis: 0),
        ["first and last"] = static (g, x) => g.Gather(x, g.Ints(0, -1)),
        ["last of the transposed"] = static (g, x) => g.Gather(g.Transpose(x, [1, 0]), g.Ints(-1, 0), axis: 1),
        ["last row by size"] = static (g, x) => g.Slice(x, [s_n - 1], [s_n], [0]),
        ["shared positions"] = static (g, x) =>
        {
            g.Assume(new Constraint.GreaterEqual(9, s_n));
            return g.Add(x, g.Slice(g.Param("table", "f32[9, 3]"), [0], [s_n], [0]));
        },
        ["half from behind"] = static (g, x) => g.Slice(x, [Dim.FloorDiv(-s_n, 2)], [long.MaxValue], [0]),
        ["half up from behind"] = static (g, x) => g.Slice(x, [-Dim.CeilDiv(s_n, 2)], [long.MaxValue], [0]),
        ["first row sliced"] = static (g, x) => g.Slice(x, [0], [1], [0]),
        ["last rows of the transposed"] = static (g, x) => g.Slice(g.Transpose(x, [1, 0]), [-1], [long.MaxValue], [1]),
        ["rows by data"] = static (g, x) => g.Gather(x, g.In("i", "i64[n, 2]")),
        ["rows by the example's data"] = static (g, x) => g.Gather(x, g.Reshape(g.Slice(g.In("i", "i64[n, 2]"), [0], [1], [0]), [2])),
    };

    public static TheoryData<string, BatchMode> Cases()
    {
        TheoryData<string, BatchMode> cases = [];
        foreach (string name in s_always.Keys.Concat(s_notEmpty.Keys))
        {
            cases.Add(name, BatchMode.Packed);
            cases.Add(name, BatchMode.Padded);
            cases.Add(name, BatchMode.Dense);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_example_gets_what_it_gets_alone(string name, BatchMode mode)
    {
        bool any = s_always.TryGetValue(name, out Func<GraphBuilder, Value, Value>? build);
        Graph single = Single(build ?? s_notEmpty[name], any ? 0 : 1);
        long[][] batches = mode == BatchMode.Dense ? [[4, 4, 4], [1, 1]] : [[4, 1, 3, 2], [5], [2, 2]];
        foreach (long[] lengths in any && mode != BatchMode.Dense ? [.. batches, [0, 3, 0, 1], [0]] : batches)
        {
            BatchCheck.EqualsAlone(single, mode, lengths);
        }
    }

    [Fact]
    public void Index_outside_its_own_example_is_an_error()
    {
        Graph single = Single(static (g, x) => g.Gather(x, g.Int(DType.I64, 1)), 1);
        TesseraException error = Assert.Throws<TesseraException>(() => BatchCheck.Run(single, BatchMode.Packed, [1, 3]));
        Assert.Equal("TSR0301", error.Code);
    }

    [Fact]
    public void Index_before_its_own_example_is_an_error()
    {
        Graph single = Single(static (g, x) => g.Gather(x, g.Int(DType.I64, -2)), 1);
        TesseraException error = Assert.Throws<TesseraException>(() => BatchCheck.Run(single, BatchMode.Packed, [3, 1]));
        Assert.Equal("TSR0301", error.Code);
    }

    [Fact]
    public void Best_tokens_of_a_padded_batch_are_those_of_each_example() =>
        BatchCheck.EqualsAlone(Single(static (g, x) => g.TopK(x, 2, axis: 0)[0], 2), BatchMode.Padded, [4, 2, 3]);

    [Fact]
    public void Slice_whose_bound_has_no_known_sign_is_refused()
    {
        Graph single = Single(static (g, x) => g.Slice(x, [s_n - 2], [s_n], [0]), 0);
        TesseraException error = Assert.Throws<TesseraException>(() => BatchCheck.Run(single, BatchMode.Packed, [1, 3]));
        Assert.Equal("TSR0401", error.Code);
    }

    [Theory]
    [InlineData(BatchMode.Packed)]
    [InlineData(BatchMode.Padded)]
    public void Position_of_an_extreme_in_an_empty_example_is_an_error(BatchMode mode)
    {
        Graph single = Single(static (g, x) => g.ArgMax(x, axis: 0), 0);
        TesseraException error = Assert.Throws<TesseraException>(() => BatchCheck.Run(single, mode, [2, 0]));
        Assert.Equal("TSR0301", error.Code);
        BatchCheck.EqualsAlone(single, mode, [2, 3]);
    }

    [Fact]
    public void More_elements_than_an_example_has_are_an_error()
    {
        Graph single = Single(static (g, x) => g.TopK(x, 2, axis: 0)[1], 0);
        TesseraException error = Assert.Throws<TesseraException>(() => BatchCheck.Run(single, BatchMode.Padded, [3, 1]));
        Assert.Equal("TSR0301", error.Code);
        BatchCheck.EqualsAlone(single, BatchMode.Padded, [3, 2, 4]);
    }

    [Fact]
    public void The_smallest_unsigned_numbers_are_no_padding()
    {
        // −1, −2 … are the largest unsigned 64-bit numbers.
        Graph single = Single(static (g, x) => g.TopK(g.Cast(g.Sub(g.Int(DType.I64, -2), Positions(g)), DType.U64), 2, axis: 0, largest: false)[1], 2);
        BatchCheck.EqualsAlone(single, BatchMode.Padded, [2, 3, 5]);
    }

    [Theory]
    [MemberData(nameof(Shrinking))]
    public void Padded_sizes_that_the_longest_example_does_not_bound_are_refused(string name)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => BatchPass.Run(Single(s_shrinking[name], 0), BatchMode.Padded));
        Assert.Equal(name == "input" ? "TSR0523" : "TSR0401", error.Code);
    }

    public static TheoryData<string> Shrinking => [.. s_shrinking.Keys];

    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value>> s_shrinking = new()
    {
        ["remainder"] = static (g, x) => g.Slice(x, [0], [Dim.Mod(s_n, 4)], [0]),
        ["what is left"] = static (g, x) => g.Slice(g.Param("table", "f32[9, 2]"), [s_n], [9], [0]),
        ["input"] = static (g, x) => g.Concat([x, g.Neg(g.In("y", "f32[10 - n, 3]"))], 0),
    };

    private static Graph Single(Func<GraphBuilder, Value, Value> build, long least) => RaggedGraph.Of(build, least, "f32[n, 3]");

    private static Value Token(GraphBuilder g) => g.Param("token", "f32[1, 3]");

    // By a weight, which is the same for all examples.
    private static Value Choice(GraphBuilder g, Value x, Func<GraphBuilder, Value, Value> then, Func<GraphBuilder, Value, Value> otherwise, double least = -9) => g.If(
        g.Greater(g.ReduceSum(g.Param("w", "f32[2]")), g.Float(DType.F32, least)),
        [x],
        Ir.Ops.Regions.Of([x.Type], (r, p) => [then(r, p[0])], g.Constraints),
        Ir.Ops.Regions.Of([x.Type], (r, p) => [otherwise(r, p[0])], g.Constraints))[0];

    // Tokens less half their sum, three times; what they sum to begins as 2 for all examples.
    private static Value Rounds(GraphBuilder g, Value x, int output)
    {
        Value start = g.Expand(g.Float(DType.F32, 2), [3]);
        IrType[] types = [new TensorType(DType.I64, []), new TensorType(DType.Bool, []), x.Type, start.Type, x.Type];
        Region body = Ir.Ops.Regions.Of(
            types,
            static (r, p) =>
            {
                Value less = r.Sub(p[2], r.Mul(r.ReduceSum(p[2], [0], keepDims: true), r.Float(DType.F32, 0.5)));
                Value sum = r.Add(p[3], r.ReduceSum(r.Mul(less, p[4]), [0]));
                return [p[1], less, sum, r.Mul(less, less), sum, p[0]];
            },
            g.Constraints);
        return g.Loop([x, start, x], 2, body, maxTrip: g.Int(DType.I64, 3))[output];
    }

    // Half the state and the token, which begins as 1; of each token the state less the mean of a table.
    private static Value Scan(GraphBuilder g, Value x, int axis, int output, long inputDirection = 0, long outputDirection = 0, long outputAxis = 0)
    {
        Shape slice = [.. x.Shape.Where((_, a) => a != (axis + x.Rank) % x.Rank)];
        Value start = g.Expand(g.Float(DType.F32, 1), slice);
        Value table = g.Param("table", "f32[3]");
        Region body = Ir.Ops.Regions.Of(
            [start.Type, start.Type, table.Type],
            static (r, p) =>
            {
                Value state = r.Add(r.Mul(p[0], r.Float(DType.F32, 0.5)), p[1]);
                return [state, r.Sub(state, r.ReduceMean(p[2])), r.ReduceSum(p[2])];
            },
            g.Constraints);
        return g.Scan(
            [start, x, table], 2, 1, body, inputAxes: [axis], inputDirections: [inputDirection], outputAxes: [outputAxis, 0], outputDirections: [outputDirection, 0])[output];
    }

    // Columns, each less the mean of its tokens, summed up.
    private static Value Columns(GraphBuilder g, Value x, int axis, int output, long direction = 0, long outputAxis = 0)
    {
        Value start = g.Expand(g.Float(DType.F32, 2), [s_n]);
        Region body = Ir.Ops.Regions.Of(
            [start.Type, start.Type],
            static (r, p) => r.Add(p[0], r.Sub(p[1], r.ReduceMean(p[1], [0]))) is var sum ? [sum, r.Neg(sum), r.ReduceSum(p[1], [0])] : [],
            g.Constraints);
        return g.Scan([start, x], 2, 1, body, inputAxes: [axis], inputDirections: [direction], outputAxes: [outputAxis, 0], outputDirections: [direction, 0])[output];
    }

    private static Value Positions(GraphBuilder g) => g.Range(g.Int(DType.I64, 0), g.DimValue(s_n), g.Int(DType.I64, 1));

    private static Value Sum(GraphBuilder g, Value x) => g.ReduceSum(x, axes: [0], keepDims: true);
}
