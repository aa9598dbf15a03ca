using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Benchmarks.Attention;

/// <summary>One attention in each of the ways that are compared.</summary>
internal static class Graphs
{
    private static readonly double s_scale = 1 / Math.Sqrt(Batch.HeadDim);

    /// <summary>Packed, by <c>ai.tessera.PackedAttention</c>.</summary>
    public static Graph Packed(int heads = Batch.Heads)
    {
        GraphBuilder g = new();
        Value[] inputs = [.. Names(g, $"f32[t, {heads}, {Batch.HeadDim}]"), g.In("cu", "i32[b + 1]")];
        return Of(g, inputs, g.Emit(new PackedAttention(inputs[0], inputs[1], inputs[2], inputs[3], inputs[3])));
    }

    /// <summary>Padded, by ONNX Runtime's fastest op, with or without the lengths as key mask.</summary>
    public static Graph Padded(bool masked)
    {
        GraphBuilder g = new();
        Value[] inputs = [.. Names(g, $"f32[b, s, {Batch.Width}]")];
        Value? lengths = masked ? g.In("lengths", "i32[b]") : null;
        return Of(g, masked ? [.. inputs, lengths!] : inputs, Mha(g, inputs, lengths));
    }

    /// <summary>Packed as one long sequence, with a mask that hides the other segments.</summary>
    public static Graph Blocks()
    {
        GraphBuilder g = new();
        Value[] inputs = [.. Names(g, $"f32[1, t, {Batch.Width}]"), g.In("mask", "f32[t, t]")];
        return Of(g, inputs, g.Emit(new StandardAttention(inputs[0], inputs[1], inputs[2], inputs[3])
        {
            QHeads = Batch.Heads,
            KvHeads = Batch.Heads,
            Scale = s_scale,
        }));
    }

    /// <summary>Packed, cut into <paramref name="examples"/> sequences that are attended one by one without any mask.</summary>
    public static Graph Unrolled(int examples)
    {
        // That the parts of q, k and v are of one length each is the graph's own doing.
        GraphBuilder g = new() { TakesClaims = true };
        Value[] inputs = [.. Names(g, $"f32[1, t, {Batch.Width}]"), g.In("lengths", $"i64[{examples}]")];
        IReadOnlyList<Value>[] parts = [.. inputs.Take(3).Select(x => g.EmitAll(new DynamicSplit(x, inputs[3]) { Axis = 1 }))];
        Value[] attended = [.. Enumerable.Range(0, examples).Select(i => Mha(g, [.. parts.Select(p => p[i])], null))];
        return Of(g, inputs, g.Concat([.. attended], 1));
    }

    private static Value Mha(GraphBuilder g, Value[] qkv, Value? lengths) =>
        g.Emit(new MultiHeadAttention(qkv[0], qkv[1], qkv[2], lengths) { Heads = Batch.Heads, Scale = s_scale });

    private static Value[] Names(GraphBuilder g, string type) => [g.In("q", type), g.In("k", type), g.In("v", type)];

    private static Graph Of(GraphBuilder g, IReadOnlyList<Value> inputs, Value output) =>
        new() { Name = "attention", Builder = g, Inputs = inputs, Outputs = [new GraphOutput("out", output)] };
}
