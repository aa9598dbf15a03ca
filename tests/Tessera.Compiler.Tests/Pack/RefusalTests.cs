using Tessera.Compiler.Pack;
using Tessera.Ir;
using Xunit;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>What lets examples see each other, or padding be seen, is refused by its name and with the reason.</summary>
public class RefusalTests
{
    private static readonly Dictionary<string, (string Code, string[] Says, Action<ExportedModel, string, string> Build)> s_cases = new(StringComparer.Ordinal)
    {
        ["dynamic quantisation"] = ("TSR0530", ["dynamic_quantize_linear", "scale from all examples"], Quantised),
        ["batch statistics"] = ("TSR0530", ["reduce_mean", "averages over examples"], static (m, x, mask) => Output(m, m.Node("Sub", [x, m.Node("ReduceMean", [x], ExportedModel.Ints("axes", 0, 1))]))),
        ["norms in training mode"] = ("TSR0530", ["batch statistics"], Training),
        ["a constant of the batch size"] = ("TSR0530", ["add", "a constant of the batch size"], static (m, x, mask) => Output(m, m.Node("Add", [x, m.Weight(3, 1, 8)]))),
        ["some of the examples"] = ("TSR0530", ["slice", "picks some of the examples"], static (m, x, mask) => Output(m, m.Node("Slice", [x, m.Longs(0), m.Longs(1), m.Longs(0)]))),
        ["an example picked"] = ("TSR0530", ["gather", "picks some of the examples"], static (m, x, mask) => Output(m, m.Node("Add", [x, m.Node("Gather", [x, m.Long(0)])]))),
        ["how many examples, as a number"] = ("TSR0530", ["number", "how many examples"], static (m, x, mask) => Output(m, m.Node("Div", [x, m.Cast(m.Scalar(x, 0), DType.F32)]))),
        ["a view with other examples"] = ("TSR0530", ["reshape", "from one example to another"], static (m, x, mask) => Output(m, m.Reshape(x, m.Size(x, 1), m.Size(x, 0), m.Longs(8)))),
        ["likeness of examples"] = ("TSR0530", ["matmul"], static (m, x, mask) => Likeness(m, x)),
        ["a softmax over examples"] = ("TSR0530", ["softmax", "works along the examples"], static (m, x, mask) => Output(m, m.Node("Softmax", [x], ExportedModel.Int("axis", 0)))),
        ["capacity from all tokens"] = ("TSR0530", ["top_k"], Capacity),
        ["no mask in attention"] = ("TSR0533", ["softmax", "no mask"], static (m, x, mask) => Output(m, PaddedModels.Layer(m, x, static logits => logits))),
        ["a mean over padding"] = ("TSR0533", ["reduce_mean", "averages over padding"], static (m, x, mask) => Output(m, m.Node("ReduceMean", [x], ExportedModel.Ints("axes", 1)))),
        ["a maximum over padding"] = ("TSR0533", ["reduce_max"], static (m, x, mask) => Output(m, m.Node("ReduceMax", [x], ExportedModel.Ints("axes", 1)))),
        ["left padding, by the last place"] = ("TSR0533", ["gather", "padding is on the left"], static (m, x, mask) => Output(m, m.Node("Gather", [x, m.Long(-1)], ExportedModel.Int("axis", 1)))),
        ["left padding, by the length"] = ("TSR0533", ["gather", "padding is on the left"], static (m, x, mask) => Output(m, m.Node("Gather", [x, m.Node("Sub", [m.Scalar(x, 1), m.Long(1)])], ExportedModel.Int("axis", 1)))),
        ["left padding, by a slice"] = ("TSR0533", ["slice", "padding is on the left"], static (m, x, mask) => Output(m, m.Node("Slice", [x, m.Longs(-1), m.Longs(long.MaxValue), m.Longs(1)]))),
        ["backwards"] = ("TSR0533", ["slice", "runs backwards"], static (m, x, mask) => Output(m, m.Node("Slice", [x, m.Longs(-1), m.Longs(long.MinValue), m.Longs(1), m.Longs(-1)]))),
        ["documents in one row"] = ("TSR0533", ["equal", "more than padding"], Documents),
        ["a mask looked up"] = ("TSR0533", ["gather", "more than padding"], static (m, x, mask) => Output(m, m.Node("Add", [x, m.Node("Gather", [m.Weight(2, 8), mask])]))),
        ["a mask of threes"] = ("TSR0533", ["more than padding"], static (m, x, mask) => Output(m, m.Node("Where", [m.Node("Unsqueeze", [m.Node("Equal", [mask, m.Long(3)]), m.Longs(2)]), x, m.Float(0)]))),
        ["the padded length as a number"] = ("TSR0533", ["padded length enters as a number"], static (m, x, mask) => Output(m, m.Node("Div", [x, m.Cast(m.Scalar(x, 1), DType.F32)]))),
        ["something behind padding"] = ("TSR0533", ["concat", "behind padding"], static (m, x, mask) => Output(m, m.Node("Concat", [x, m.Node("Slice", [x, m.Longs(0), m.Longs(1), m.Longs(1)])], ExportedModel.Int("axis", 1)))),
        ["positions that a mask made"] = ("TSR0533", ["softmax", "no mask"], CountedPositions),
        ["a pooling of all but the last"] = ("TSR0533", ["reduce_sum"], Shifted),
        ["a row put beside the mask"] = ("TSR0533", ["softmax", "no mask"], Beside),
        ["as many rows as examples"] = ("TSR0530", ["expand", "how many examples"], static (m, x, mask) => Output(m, m.Node("ReduceSum", [m.Node("Expand", [Pooled(m, x, mask), m.Node("Concat", [m.Size(x, 0), m.Size(x, 0), m.Longs(8)], ExportedModel.Int("axis", 0))]), m.Longs(1)]))),
        ["as many features as examples"] = ("TSR0530", ["slice"], static (m, x, mask) => Output(m, m.Node("Slice", [x, m.Longs(0), m.Size(x, 0), m.Longs(2)]))),
        ["a kernel as long as the example"] = ("TSR0533", ["conv", "kernel is as long"], static (m, x, mask) => Output(m, m.Node("Conv", [m.Node("Transpose", [x], ExportedModel.Ints("perm", 0, 2, 1)), m.Node("Slice", [m.Weight(4, 8, 64), m.Longs(0), m.Size(x, 1), m.Longs(2)])]))),
        ["an output of no example"] = ("TSR0532", ["result"], static (m, x, mask) => m.Output(m.Node("ReduceSum", [m.Weight(8, 8)]), "result")),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Refused_with_the_reason(string name)
    {
        (string code, string[] says, Action<ExportedModel, string, string> build) = s_cases[name];
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "sequence", 8);
        build(m, x, m.Input("mask", DType.I64, "batch", "sequence"));
        TesseraException error = Refusal(m, new PackOptions { Masks = ["mask"] });
        Assert.Equal(code, error.Code);
        Assert.All(says, s => Assert.Contains(s, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_convolution_over_padding_is_refused_by_name()
    {
        TesseraException error = Refusal(PaddedStyles.Conformer(masksConvolution: false), new PackOptions { Ragged = ["frames"], Masks = ["mask"] });
        Assert.Equal("TSR0533", error.Code);
        Assert.Contains("/Conv_", error.Message, StringComparison.Ordinal);
        Assert.Contains("conv keeps the model from being packed: its windows reach into padding", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_text_needs_a_promise_of_padding()
    {
        TesseraException error = Refusal(PaddedStyles.Clip(), new PackOptions { Masks = ["attention_mask"] });
        Assert.Equal("TSR0533", error.Code);
        Assert.Contains("arg_max", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_for_each_pair_of_tokens_carries_more_than_padding()
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "sequence", 8);
        string mask = m.Input("mask", DType.F32, "batch", 1, "sequence", "sequence");
        Output(m, PaddedModels.Layer(m, x, logits => m.Node("Add", [logits, mask])));
        TesseraException error = Refusal(m, new PackOptions { Masks = ["mask"] });
        Assert.Equal("TSR0534", error.Code);
        Assert.Contains("more than padding", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_too_weak_for_the_logits_is_found_by_running()
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "sequence", 8);
        string mask = m.Node("Unsqueeze", [m.Input("mask", DType.F32, "batch", "sequence"), m.Longs(1, 2)]);
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), mask]), m.Float(-10000)]);
        Output(m, PaddedModels.Layer(m, x, logits => m.Node("Add", [m.Node("Mul", [logits, m.Float(1e6f)]), added])));
        TesseraException error = Refusal(m, new PackOptions { Masks = ["mask"] });
        Assert.Equal("TSR0910", error.Code);
    }

    [Theory]
    [InlineData("TSR0531", "examples", "sequence", "mask")]
    [InlineData("TSR0524", "batch", "tokens", null)]
    [InlineData("TSR0534", "batch", "sequence", "attention_mask")]
    public void Names_must_be_those_of_the_model(string code, string batch, string ragged, string? mask)
    {
        using TempModel file = new(MaskForms.All["(1 - m) * min"]());
        using OnnxModel model = OnnxModel.Load(file.Path);
        PackOptions options = new() { Batch = batch, Ragged = [ragged], Masks = mask is null ? [] : [mask] };
        Assert.Equal(code, Assert.Throws<TesseraException>(() => model.Pack(options)).Code);
    }

    [Fact]
    public void The_padded_interface_needs_a_mask()
    {
        TesseraException error = Refusal(PaddedStyles.Vit(mask: false), new PackOptions { Ragged = ["n"], Interface = PackInterface.Padded });
        Assert.Equal("TSR0913", error.Code);
    }

    private static void CountedPositions(ExportedModel m, string x, string mask)
    {
        string position = m.Node("Sub", [m.Node("CumSum", [mask, m.Long(1)]), m.Long(1)]);
        string seen = m.Node("LessOrEqual", [m.Node("Unsqueeze", [position, m.Longs(1)]), m.Node("Unsqueeze", [position, m.Longs(2)])]);
        Output(m, PaddedModels.Layer(m, x, logits => m.Node("Where", [m.Node("Unsqueeze", [seen, m.Longs(1)]), logits, m.Float(-1e9f)])));
    }

    private static void Shifted(ExportedModel m, string x, string mask)
    {
        string All(string value) => m.Node("Slice", [value, m.Longs(0), m.Longs(-1), m.Longs(1)]);
        string weight = m.Node("Unsqueeze", [m.Cast(All(mask), DType.F32), m.Longs(2)]);
        Output(m, m.Node("ReduceSum", [m.Node("Mul", [All(x), weight]), m.Longs(1)]));
    }

    private static void Beside(ExportedModel m, string x, string mask)
    {
        string bias = m.Node("Mul", [m.Node("Sub", [m.Float(1), m.Cast(m.Node("Unsqueeze", [mask, m.Longs(1)]), DType.F32)]), m.Float(-10000)]);
        string two = m.Node("Pad", [bias, m.Longs(0, 0, 0, 0, 1, 0), m.Float(0)]);
        string logits = m.Node("Add", [m.Node("MatMul", [m.Weight(2, 8), m.Node("Transpose", [x], ExportedModel.Ints("perm", 0, 2, 1))]), two]);
        Output(m, m.Node("MatMul", [m.Node("Softmax", [logits], ExportedModel.Int("axis", -1)), x]));
    }

    // f32[batch, 1, 8]
    private static string Pooled(ExportedModel m, string x, string mask) =>
        m.Node("ReduceSum", [m.Node("Mul", [x, m.Cast(m.Node("Unsqueeze", [mask, m.Longs(2)]), DType.F32)]), m.Longs(1)]);

    private static TesseraException Refusal(ExportedModel m, PackOptions options)
    {
        using TempModel file = new(m);
        using OnnxModel model = OnnxModel.Load(file.Path);
        return Assert.Throws<TesseraException>(() => model.Pack(options));
    }

    private static void Output(ExportedModel m, string value) => m.Output(value, "y");

    private static void Quantised(ExportedModel m, string x, string mask)
    {
        string[] parts = m.Nodes("DynamicQuantizeLinear", 3, [x]);
        Output(m, m.Node("DequantizeLinear", parts));
    }

    private static void Training(ExportedModel m, string x, string mask)
    {
        string[] parts = m.Nodes("BatchNormalization", 3, [m.Transpose(x, 0, 2, 1), m.Weight(8), m.Weight(8), m.Weight(8), m.Positive(8)], ExportedModel.Int("training_mode", 1));
        Output(m, parts[0]);
    }

    private static void Likeness(ExportedModel m, string x)
    {
        string first = m.Node("Gather", [x, m.Long(0)], ExportedModel.Int("axis", 1));
        Output(m, m.MatMul(m.MatMul(first, m.Transpose(first, 1, 0)), first));
    }

    private static void Capacity(ExportedModel m, string x, string mask)
    {
        string flat = m.Node("Reshape", [x, m.Longs(-1, 8)]);
        string best = m.Nodes("TopK", 2, [flat, m.Longs(2)], ExportedModel.Int("axis", 0))[0];
        Output(m, m.Node("Add", [x, m.Node("ReduceSum", [best, m.Longs(0)])]));
    }

    private static void Documents(ExportedModel m, string x, string mask)
    {
        string same = m.Node("Equal", [m.Node("Unsqueeze", [mask, m.Longs(1)]), m.Node("Unsqueeze", [mask, m.Longs(2)])]);
        string added = m.Node("Where", [m.Node("Unsqueeze", [same, m.Longs(1)]), m.Float(0), m.Float(float.MinValue)]);
        Output(m, PaddedModels.Layer(m, x, logits => m.Node("Add", [logits, added])));
    }
}
