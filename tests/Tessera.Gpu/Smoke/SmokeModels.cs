using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;

namespace Tessera.Gpu.Smoke;

/// <summary>The models that show whether anything runs at all.</summary>
internal static class SmokeModels
{
    public const int Size = 64, Heads = 2;

    /// <summary>x[t, 64] · w[64, 64]</summary>
    public static byte[] Product()
    {
        GraphBuilder g = new();
        (Value x, Value w) = (g.In("x", $"f32[t, {Size}]"), g.In("w", $"f32[{Size}, {Size}]"));
        return Bytes(g, [x, w], g.MatMul(x, w));
    }

    /// <summary>Sums of segments: an op of C# between none of ONNX Runtime's.</summary>
    public static byte[] Sums()
    {
        GraphBuilder g = new();
        (Value x, Value cu) = (g.In("x", $"f32[t, {Size}]"), g.In("cu", "i32[b + 1]"));
        return Bytes(g, [x, cu], g.Emit(new SegmentReduce(x, cu) { Kind = SegmentReduction.Sum }));
    }

    /// <summary>Packed attention between two products: ops of C# and of ONNX Runtime on one stream.</summary>
    public static byte[] Layer()
    {
        GraphBuilder g = new();
        string rows = $"f16[t, {Heads * Size}]";
        (Value x, Value w, Value cu) = (g.In("x", rows), g.In("w", $"f16[{Heads * Size}, {Heads * Size}]"), g.In("cu", "i32[b + 1]"));
        Dim tokens = x.Shape[0];
        Value heads = g.Emit(new Reshape(g.MatMul(x, w)) { Shape = [tokens, Heads, Size] });
        Value attended = g.Emit(new PackedAttention(heads, heads, heads, cu, cu));
        return Bytes(g, [x, w, cu], g.MatMul(g.Emit(new Reshape(attended) { Shape = [tokens, Heads * Size] }), w));
    }

    private static byte[] Bytes(GraphBuilder builder, IReadOnlyList<Value> inputs, Value output) =>
        OnnxEmitter.Emit(new Graph { Name = "smoke", Builder = builder, Inputs = inputs, Outputs = [new GraphOutput("y", output)] }, new EmitOptions()).ToBytes();
}
