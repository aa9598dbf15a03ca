using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Tests;

/// <summary>The op as ONNX Runtime runs it: weights that are constants and weights that come with the call, of all types.</summary>
public sealed class GroupedMlpSessionTests
{
    private static readonly ExpertCase s_case = new() { Tokens = 21, Width = 66, Hidden = [130, 130, 130], OutputWidth = 34, Activation = "silu", Gate = "separate" };

    [Theory]
    [InlineData(TensorElementType.Float, true, 2e-6)]
    [InlineData(TensorElementType.Float, false, 2e-6)]
    [InlineData(TensorElementType.Double, true, 1e-13)]
    [InlineData(TensorElementType.Double, false, 1e-13)]
    [InlineData(TensorElementType.Float16, true, 6e-4)]
    [InlineData(TensorElementType.BFloat16, false, 5e-3)]
    public void Session_agrees_with_the_definition(TensorElementType type, bool constant, double tolerance)
    {
        ExpertInputs inputs = new(s_case, type);
        Assert.InRange(Relative.Error(Run(s_case, inputs, type, constant), NaiveExperts.Run(s_case, inputs)), 0, tolerance);
    }

    [Theory]
    [InlineData(TensorElementType.Int8, false)]
    [InlineData(TensorElementType.UInt8, true)]
    [InlineData(ExpertCase.Int4, true)]
    [InlineData(ExpertCase.UInt4, false)]
    public void Quantised_weights_agree_with_the_definition(TensorElementType codes, bool zeroPoints)
    {
        ExpertCase c = s_case with { Codes = codes, ZeroPoints = zeroPoints, BlockSize = 32 };
        foreach (TensorElementType type in (TensorElementType[])[TensorElementType.Float, TensorElementType.Float16, TensorElementType.Double])
        {
            ExpertInputs inputs = new(c, type);
            double tolerance = type == TensorElementType.Float16 ? 6e-4 : 2e-6;
            Assert.InRange(Relative.Error(Run(c, inputs, type, constant: true), NaiveExperts.Run(c, inputs)), 0, tolerance);
        }
    }

    [Fact]
    public void Session_gives_the_bits_of_the_kernel()
    {
        ExpertInputs inputs = new(s_case, TensorElementType.Float);
        double[] direct = ExpertRunner.Run(s_case, inputs, TensorElementType.Float, InstructionSets.Best);
        Assert.Equal(direct, Run(s_case, inputs, TensorElementType.Float, constant: true, threads: 2));
        Assert.Equal(direct, Run(s_case, inputs, TensorElementType.Float, constant: false));
    }

    [Fact]
    public void Sessions_share_packed_weights_and_free_them()
    {
        ExpertCase c = s_case with { Seed = 4711 };
        ExpertInputs inputs = new(c, TensorElementType.Float);
        byte[] model = Model(c, inputs, TensorElementType.Float, constant: true);
        long Packed() => PackedMatrices.BytesOf(66, 130);
        long before = Packed();
        using (InferenceSession one = OrtRunner.Open(model, 1))
        {
            long first = Packed();
            Assert.True(first > before);
            using InferenceSession two = OrtRunner.Open(model, 1);
            Assert.Equal(first, Packed());
        }

        Assert.Equal(before, Packed());
    }

    [Theory]
    [InlineData("TSR1304", "x")]
    [InlineData("TSR1304", "experts")]
    [InlineData("TSR1303", "rank")]
    [InlineData("TSR1316 GroupedMlp 'the_node': the tail holds 18 tensors; 4 experts of 6 tensors each need 24.", "count")]
    [InlineData("TSR1317 GroupedMlp 'the_node': w1 of expert 0 is of type Float; weights are integers where scaled is 1.", "scaled")]
    [InlineData("TSR1309 GroupedMlp 'the_node': activation is 'swish'; it is one of relu, gelu, gelu_tanh, silu, identity.", "activation")]
    [InlineData("TSR1304 GroupedMlp 'the_node': expert 0: the hidden columns and w2's rows differ: 65 ≠ 130.", "gate")]
    public void What_cannot_be_is_refused(string message, string what)
    {
        ExpertInputs inputs = new(s_case, TensorElementType.Float);
        (string, object)[] more = what switch
        {
            "count" => [("expert_count", 4)],
            "scaled" => [("scaled", 1), ("gate", "none")],
            "activation" => [("activation", "swish")],
            "gate" => [("gate", "concatenated")],
            _ => [],
        };
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => RunWrong(inputs, what, more));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static void RunWrong(ExpertInputs inputs, string what, (string, object)[] more)
    {
        ExpertCase c = what == "gate" ? s_case with { Gate = "none", Biases = false } : s_case;
        inputs = what == "gate" ? new(c, TensorElementType.Float) : inputs;
        using InferenceSession session = OrtRunner.Open(Model(c, inputs, TensorElementType.Float, true, more), 1);
        RawTensor[] values = Inputs(c, inputs, TensorElementType.Float);
        values = what switch
        {
            "x" => [values[0] with { Shape = [c.Tokens * 2, c.Width / 2] }, values[1], values[2]],
            "experts" => [values[0], values[1] with { Shape = [c.Tokens * 2, 1] }, values[2]],
            "rank" => [values[0], values[1] with { Shape = [c.Tokens * 2] }, values[2]],
            _ => values,
        };
        OrtRunner.Run(session, values);
    }

    internal static double[] Run(ExpertCase c, ExpertInputs inputs, TensorElementType type, bool constant, int threads = 1, Action<SessionOptions>? register = null)
    {
        using InferenceSession session = OrtRunner.Open(Model(c, inputs, type, constant), threads, register);
        (long[] shape, byte[] bytes) = OrtRunner.Run(session, [.. Inputs(c, inputs, type), .. constant ? [] : inputs.Tail]);
        Assert.Equal([c.Tokens, c.OutputWidth], shape);
        return SegmentCase.Decode(bytes, type);
    }

    internal static RawTensor[] Inputs(ExpertCase c, ExpertInputs inputs, TensorElementType type) =>
    [
        new("x", type, [c.Tokens, c.Width], inputs.XBytes), RawTensor.Of("experts", TensorElementType.Int64, [c.Tokens, c.Choices], c.Assignments()),
        new("weights", type, [c.Tokens, c.Choices], inputs.WeightBytes),
    ];

    internal static byte[] Model(ExpertCase c, ExpertInputs inputs, TensorElementType type, bool constant, params (string, object)[] more)
    {
        // Symbols all over, so that it is the kernel that checks.
        ModelValue[] leading = [new("x", type, "a", "b"), new("experts", TensorElementType.Int64), new("weights", type)];
        ModelValue[] tail = [.. inputs.Tail.Select(static t => new ModelValue(t.Name, t.Type, [.. t.Shape.Cast<object>()]))];
        NodePorts ports = new(constant ? leading : [.. leading, .. tail], constant ? inputs.Tail : [], [new("y", type, "m", "n")]);
        Dictionary<string, object> attributes = new()
        {
            ["expert_count"] = c.Experts,
            ["activation"] = c.Activation,
            ["gate"] = c.Gate,
            ["biases"] = c.Biases ? 1 : 0,
            ["scaled"] = c.Codes is null ? 0 : 1,
            ["zero_points"] = c.ZeroPoints ? 1 : 0,
            ["block_size"] = c.BlockSize,
            ["weight_on"] = c.OnInput ? "input" : "output",
            ["alpha"] = c.Alpha,
            ["beta"] = c.Beta,
            ["limit"] = c.Limit,
        };
        foreach ((string name, object value) in more)
            attributes[name] = value;
        return OneNodeModel.Create("GroupedMlp", ports, [.. attributes.Select(static a => (a.Key, a.Value))]);
    }
}
