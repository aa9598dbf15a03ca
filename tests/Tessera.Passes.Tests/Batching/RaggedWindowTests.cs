using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Xunit;

namespace Tessera.Passes.Tests.Batching;

/// <summary>
/// Ops that reach along the ragged axis and stay inside each example: windows, padding, recurrences, ranks, norms by channel. Each example
/// gets what it gets alone, whatever its neighbours hold.
/// </summary>
public class RaggedWindowTests
{
    private static readonly Dim s_n = Dim.Sym("n");

    // From x[n, 4]; any length will do.
    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value>> s_always = new()
    {
        ["conv same"] = static (g, x) => g.Conv(Line(g, x), Weight(g, 3, 4, 3), g.Param("b", "f32[3]"), pads: [1, 1]),
        ["conv of one"] = static (g, x) => g.Conv(Line(g, x), Weight(g, 3, 4, 1)),
        ["conv causal, dilated"] = static (g, x) => g.Conv(Line(g, x), Weight(g, 3, 4, 3), pads: [4, 0], dilations: [2]),
        ["conv wide"] = static (g, x) => g.Conv(Line(g, x), Weight(g, 3, 4, 3), pads: [3, 4]),
        ["conv depthwise"] = static (g, x) => g.Conv(Line(g, x), Weight(g, 4, 1, 5), pads: [2, 2], group: 4),
        ["conv strided"] = static (g, x) => g.Conv(Line(g, x), Weight(g, 3, 4, 3), strides: [2], pads: [1, 1]),
        ["conv strided past its kernel"] = static (g, x) => g.Conv(Line(g, x), Weight(g, 3, 4, 2), strides: [3], pads: [1, 0]),
        ["conv of conv"] = static (g, x) => g.Conv(g.Relu(g.Conv(Line(g, x), Weight(g, 4, 4, 3), strides: [2], pads: [1, 1])), g.Param("v", "f32[2, 4, 3]"), pads: [1, 1]),
        ["conv of images"] = static (g, x) => g.Conv(Image(g, x), g.Param("w", "f32[3, 2, 3, 2]"), pads: [1, 1, 1, 0]),
        ["conv of images, strided"] = static (g, x) => g.Conv(g.Transpose(Image(g, x), [0, 1, 3, 2]), g.Param("w", "f32[3, 2, 1, 3]"), strides: [1, 2], pads: [0, 1, 0, 1]),
        ["conv tokens again"] = static (g, x) => g.Add(x, g.Transpose(g.Squeeze(g.Conv(Line(g, x), Weight(g, 4, 4, 3), pads: [1, 1]), [0]), [1, 0])),
        ["transposed conv"] = static (g, x) => g.ConvTranspose(Line(g, x), g.Param("w", "f32[4, 2, 3]"), g.Param("b", "f32[2]"), pads: [1, 1]),
        ["transposed conv doubling"] = static (g, x) => g.ConvTranspose(Line(g, x), g.Param("w", "f32[4, 2, 4]"), null, strides: [2], pads: [1, 1]),
        ["transposed conv with more"] = static (g, x) => g.ConvTranspose(Line(g, x), g.Param("w", "f32[4, 2, 3]"), null, strides: [2], pads: [1, 1], outputPadding: [1]),
        ["transposed conv with more than its stride"] = static (g, x) => g.ConvTranspose(Line(g, x), g.Param("w", "f32[4, 2, 4]"), null, strides: [2], outputPadding: [1]),
        ["transposed conv sparse"] = static (g, x) => g.ConvTranspose(Line(g, x), g.Param("w", "f32[4, 1, 2]"), g.Param("b", "f32[2]"), strides: [3], outputPadding: [1], group: 2),
        ["transposed conv same"] = static (g, x) => g.ConvTranspose(Line(g, x), g.Param("w", "f32[4, 2, 3]"), null, strides: [2], autoPad: "SAME_UPPER"),
        ["transposed conv dilated"] = static (g, x) => g.ConvTranspose(Line(g, x), g.Param("w", "f32[4, 2, 2]"), null, dilations: [3]),
        ["max pool"] = static (g, x) => g.MaxPool(Line(g, x), kernel: [3], pads: [1, 1])[0],
        ["max pool strided"] = static (g, x) => g.MaxPool(Line(g, x), kernel: [2], strides: [2])[0],
        ["max pool positions"] = static (g, x) => g.MaxPool(Line(g, x), kernel: [2], strides: [2])[1],
        ["pooled positions of tokens"] = static (g, x) => g.MaxPool(g.Unsqueeze(x, [1]), kernel: [2], strides: [2])[1],
        ["pooled positions of members"] = static (g, x) => g.MaxPool(g.Reshape(g.ReduceSum(x, [0]), [2, 1, 2]), kernel: [2])[1],
        ["unpooled members"] = static (g, x) =>
        {
            IReadOnlyList<Value> pooled = g.MaxPool(g.Reshape(g.ReduceSum(x, [0]), [2, 1, 2]), kernel: [2]);
            return g.MaxUnpool(pooled[0], pooled[1], kernel: [2]);
        },
        ["max pool same"] = static (g, x) => g.MaxPool(Line(g, x), kernel: [4], autoPad: "SAME_LOWER")[0],
        ["max pool dilated"] = static (g, x) => g.MaxPool(Line(g, x), kernel: [2], pads: [1, 1], dilations: [2])[0],
        ["max pool of images"] = static (g, x) => g.MaxPool(Image(g, x), kernel: [3, 2], pads: [1, 0, 1, 1])[0],
        ["max pool positions of images"] = static (g, x) => g.MaxPool(Image(g, x), kernel: [3, 1], strides: [2, 1], pads: [1, 0, 1, 0])[1],
        ["mean pool counting padding"] = static (g, x) => g.AveragePool(Line(g, x), countIncludePad: true, kernel: [3], strides: [2], pads: [1, 1]),
        ["mean pool"] = static (g, x) => g.AveragePool(Line(g, x), kernel: [3], pads: [1, 1]),
        ["mean pool of images"] = static (g, x) => g.AveragePool(Image(g, x), kernel: [3, 2], strides: [2, 1], pads: [1, 1, 1, 0]),
        ["lp pool"] = static (g, x) => g.LpPool(Line(g, x), p: 3, kernel: [3], pads: [1, 1]),
        ["padded with zeros"] = static (g, x) => g.Pad(x, [2, 0, 1, 0]),
        ["padded before"] = static (g, x) => g.Pad(x, [1, 0, 0, 0], g.Float(DType.F32, 7)),
        ["padded all around"] = static (g, x) => g.Pad(x, [1, 2, 3, 1], g.Param("fill", "f32[]")),
        ["padded by the length"] = static (g, x) => g.Pad(x, [s_n, 0, s_n + 1, 0]),
        ["padded columns first"] = static (g, x) => g.Pad(g.Transpose(x, [1, 0]), [0, 1, 1, 2]),
        ["padded mask"] = static (g, x) => g.Pad(g.Greater(x, g.Float(DType.F32, 0.5)), [0, 0, 2, 0]),
        ["tiled"] = static (g, x) => g.Tile(x, [3, 1]),
        ["tiled both ways"] = static (g, x) => g.Tile(g.Transpose(x, [1, 0]), [2, 2]),
        ["triangle of rows"] = static (g, x) => g.Trilu(x),
        ["triangle of columns"] = static (g, x) => g.Trilu(g.Unsqueeze(g.Transpose(x, [1, 0]), [0]), upper: false, diagonal: 1),
        ["lstm"] = static (g, x) => Lstm(g, g.Unsqueeze(x, [1]), "forward", 0, 0),
        ["lstm both ways"] = static (g, x) => Lstm(g, g.Unsqueeze(x, [1]), "bidirectional", 0, 0),
        ["lstm's last state"] = static (g, x) => Lstm(g, g.Unsqueeze(x, [1]), "bidirectional", 0, 1),
        ["lstm's last cell, backwards"] = static (g, x) => Lstm(g, g.Unsqueeze(x, [1]), "reverse", 0, 2),
        ["lstm batch first"] = static (g, x) => Lstm(g, g.Unsqueeze(x, [0]), "bidirectional", 1, 0),
        ["lstm of two"] = static (g, x) => Lstm(g, g.Reshape(g.Concat([x, x], 1), [s_n, 2, 4]), "reverse", 0, 0),
        ["gru"] = static (g, x) => g.EmitAll(new Gru(g.Unsqueeze(x, [1]), g.Param("w", "f32[2, 9, 4]"), g.Param("r", "f32[2, 9, 3]"), g.Param("b", "f32[2, 18]"), null, null)
        {
            HiddenSize = 3,
            Direction = "bidirectional",
            LinearBeforeReset = true,
        })[0],
        ["rnn from a state of the example"] = static (g, x) => g.EmitAll(new Rnn(
            g.Unsqueeze(x, [1]), g.Param("w", "f32[1, 4, 4]"), g.Param("r", "f32[1, 4, 4]"), null, null, g.Reshape(g.ReduceSum(x, [0]), [1, 1, 4]))
        { HiddenSize = 4 })[0],
        ["product so far"] = static (g, x) => g.CumProd(x, 0),
        ["product from the end"] = static (g, x) => g.CumProd(g.Transpose(x, [1, 0]), 1, exclusive: true, reverse: true),
        ["batch norm"] = static (g, x) => g.BatchNorm(Line(g, x), g.Param("s", "f32[4]"), g.Param("b", "f32[4]"), g.Param("m", "f32[4]"), g.Param("v", "f32[4]"), 3),
        ["instance norm"] = static (g, x) => g.InstanceNorm(Line(g, x), g.Param("s", "f32[4]"), g.Param("b", "f32[4]"), 1e-3),
        ["group norm"] = static (g, x) => g.GroupNorm(Line(g, x), g.Param("s", "f32[4]"), g.Param("b", "f32[4]"), 2, 1e-3),
        ["group norm of images"] = static (g, x) => g.GroupNorm(Image(g, x), g.Param("s", "f32[2]"), g.Param("b", "f32[2]"), 1, 1e-3),
        ["response norm"] = static (g, x) => g.Lrn(Line(g, x), 3, 0.75),
        ["einsum of tokens"] = static (g, x) => g.Einsum([x, g.Param("w", "f32[4, 2, 3]")], "td,dhk->hkt"),
        ["einsum over tokens"] = static (g, x) => g.Einsum([x, x], "td,te->de"),
        ["einsum with the example's own"] = static (g, x) => g.Einsum([x, g.ReduceSum(x, [0])], "td,d->t"),
        ["einsum of the ellipsis"] = static (g, x) => g.Einsum([g.Transpose(x, [1, 0]), g.Param("w", "f32[4]")], "d...,d->..."),
        ["quantised"] = static (g, x) => g.QuantizeLinear(x, g.Param("s", "f32[4]"), null, 1),
        ["quantised by its own range"] = static (g, x) => g.DynamicQuantizeLinear(x)[0],
        ["spectrum of features"] = static (g, x) => g.Dft(g.Unsqueeze(x, [-1]), 1),
        ["resized beside tokens"] = static (g, x) => g.Resize(Line(g, x), null, g.Constant(TensorContent.From(DType.F32, [3], [1f, 2, 1])), null, mode: "linear"),
        ["residual norm"] = static (g, x) => g.SkipLayerNorm(x, g.Neg(g.Abs(x)), g.Param("s", "f32[4]"), g.Param("b", "f32[4]"))[0],
        ["determinants"] = static (g, x) => g.Det(g.Reshape(x, [s_n, 2, 2])),
    };

    // No example may be empty.
    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value>> s_notEmpty = new()
    {
        ["padded by its edge"] = static (g, x) => g.Pad(x, [2, 0, 3, 0], mode: PadMode.Edge),
        ["padded by its mirror"] = static (g, x) => g.Pad(x, [3, 1, 2, 0], mode: PadMode.Reflect),
        ["padded by its other end"] = static (g, x) => g.Pad(g.Transpose(x, [1, 0]), [0, 2, 0, 3], mode: PadMode.Wrap),
        ["cut"] = static (g, x) => g.Pad(x, [-1, 0, 2, 0]),
        ["conv without padding"] = static (g, x) => g.Conv(Line(g, x), Weight(g, 3, 4, 2), pads: [0, 1]),
        ["elements by row"] = static (g, x) => g.GatherElements(x, g.Cast(g.Slice(g.Neg(g.Cast(g.Greater(x, g.Float(DType.F32, 0.5)), DType.I64)), [0], [3], [1]), DType.I32), axis: 0),
        ["as many elements of each"] = static (g, x) => g.GatherElements(g.Transpose(x, [1, 0]), g.ArgMax(g.Transpose(x, [1, 0]), axis: 1, keepDims: true), axis: 1),
        ["best token"] = static (g, x) => g.TopK(x, 1, axis: 0)[0],
        ["place of the worst token"] = static (g, x) => g.TopK(g.Transpose(x, [1, 0]), 1, axis: 1, largest: false)[1],
        ["best whole numbers"] = static (g, x) => g.TopK(g.Cast(g.Mul(x, g.Float(DType.F32, 9)), DType.I32), 1, axis: 0)[0],
        ["best channel of an image"] = static (g, x) => g.TopK(Image(g, x), 1, axis: 2)[0],
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
        Graph single = RaggedGraph.Of(build ?? s_notEmpty[name], any ? 0 : 1, "f32[n, 4]");
        long[][] batches = mode == BatchMode.Dense ? [[4, 4, 4], [1, 1]] : [[4, 1, 3, 2, 7], [5], [2, 2]];
        foreach (long[] lengths in any && mode != BatchMode.Dense ? [.. batches, [0, 3, 0, 1], [0]] : batches)
        {
            BatchCheck.EqualsAlone(single, mode, lengths);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_neighbour_of_NaN_changes_nothing(string name, BatchMode mode)
    {
        Graph single = RaggedGraph.Of(s_always.GetValueOrDefault(name) ?? s_notEmpty[name], 1, "f32[n, 4]");
        foreach (long[] lengths in mode == BatchMode.Dense ? (long[][])[[3, 3, 3]] : [[3, 2, 4], [1, 6, 1, 2]])
        {
            BatchCheck.EqualsAlone(single, mode, lengths, poisoned: 1);
        }
    }

    [Theory]
    [InlineData("conv depthwise")]
    [InlineData("conv causal, dilated")]
    [InlineData("conv strided")]
    [InlineData("transposed conv")]
    [InlineData("max pool")]
    public void A_batch_of_no_tokens_at_all_gives_none(string name)
    {
        Graph single = RaggedGraph.Of(s_always[name], 0, "f32[n, 4]");
        IReadOnlyDictionary<string, RefTensor> results = BatchCheck.Run(single, BatchMode.Packed, []);
        Assert.All(results.Values, static r => Assert.Equal(r.Rank == 1 ? 1 : 0, r.Dims[0]));
    }

    public static TheoryData<string, string> Refusals() => new()
    {
        { "conv", "its w differs by example" },
        { "ceil", "rounds the number of windows up" },
        { "same", "depends on the length" },
        { "columns", "column by column" },
        { "scaled", "scales the ragged axis 2" },
        { "shaped", "one size along the ragged axis" },
        { "pairs", "pairs tokens of an example with each other" },
        { "lengths", "lengths of its own" },
        { "spectrum", "works along the ragged axis" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_mixes_is_refused_with_its_reason(string name, string reason)
    {
        Graph single = RaggedGraph.Of(s_refused[name], 0, "f32[n, 4]");
        TesseraException error = Assert.Throws<TesseraException>(() => BatchCheck.Run(single, BatchMode.Packed, [1, 3]));
        Assert.Equal("TSR0401", error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BatchMode.Packed)]
    [InlineData(BatchMode.Padded)]
    public void Fewer_tokens_than_are_ranked_are_an_error(BatchMode mode)
    {
        Graph single = RaggedGraph.Of(static (g, x) => g.TopK(x, 2, axis: 0)[1], 0, "f32[n, 4]");
        Assert.Equal("TSR0301", Assert.Throws<TesseraException>(() => BatchCheck.Run(single, mode, [3, 1])).Code);
        BatchCheck.EqualsAlone(single, mode, [3, 2, 4]);
    }

    [Fact]
    public void A_shorter_example_than_the_kernel_is_an_error()
    {
        Graph single = RaggedGraph.Of(static (g, x) => g.Conv(Line(g, x), Weight(g, 3, 4, 4)), 0, "f32[n, 4]");
        Assert.Equal("TSR0301", Assert.Throws<TesseraException>(() => BatchCheck.Run(single, BatchMode.Packed, [5, 2])).Code);
        BatchCheck.EqualsAlone(single, BatchMode.Packed, [5, 4, 6]);
    }

    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value>> s_refused = new()
    {
        ["conv"] = static (g, x) => g.Conv(Line(g, x), g.Reshape(g.ReduceSum(x, [0]), [1, 4, 1])),
        ["ceil"] = static (g, x) => g.AveragePool(Line(g, x), kernel: [2], strides: [2], ceilMode: true),
        ["same"] = static (g, x) => g.AveragePool(Line(g, x), kernel: [3], strides: [2], autoPad: "SAME_UPPER"),
        ["columns"] = static (g, x) => g.MaxPool(Line(g, x), storageOrder: 1, kernel: [2])[0],
        ["scaled"] = static (g, x) => g.Resize(Line(g, x), null, g.Constant(TensorContent.From(DType.F32, [3], [1f, 1, 2])), null),
        ["shaped"] = static (g, x) => g.ConvTranspose(Line(g, x), g.Param("w", "f32[4, 2, 3]"), null, outputShape: [9]),
        ["pairs"] = static (g, x) => g.Einsum([x, x], "td,sd->t"),
        ["lengths"] = static (g, x) => g.EmitAll(new Rnn(
            g.Unsqueeze(x, [1]), g.Param("w", "f32[1, 4, 4]"), g.Param("r", "f32[1, 4, 4]"), null, g.Constant(TensorContent.From(DType.I32, [1], [1])), null)
        { HiddenSize = 4 })[0],
        ["spectrum"] = static (g, x) => g.Dft(g.Unsqueeze(x, [-1]), 0),
    };

    // [n, 4] as one line of 4 channels.
    private static Value Line(GraphBuilder g, Value x) => g.Unsqueeze(g.Transpose(x, [1, 0]), [0]);

    // [n, 4] as an image of 2 channels, n high and 2 wide.
    private static Value Image(GraphBuilder g, Value x) => g.Unsqueeze(g.Transpose(g.Reshape(x, [s_n, 2, 2]), [1, 0, 2]), [0]);

    private static Value Weight(GraphBuilder g, int filters, int channels, int kernel) => g.Param("w", $"f32[{filters}, {channels}, {kernel}]");

    private static Value Lstm(GraphBuilder g, Value x, string direction, long layout, int result)
    {
        int d = direction == "bidirectional" ? 2 : 1;
        return g.EmitAll(new Lstm(
            x, g.Param("w", $"f32[{d}, 12, 4]"), g.Param("r", $"f32[{d}, 12, 3]"), g.Param("b", $"f32[{d}, 24]"), null, null, null, g.Param("p", $"f32[{d}, 9]"))
        {
            HiddenSize = 3,
            Direction = direction,
            Layout = layout,
        })[result];
    }
}
