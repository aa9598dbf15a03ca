using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Benchmarks.Experts;

/// <summary>A layer of experts in 4 bits, a scale for each column of 32 rows, and the same numbers in f32.</summary>
internal sealed class NarrowLayer
{
    public const int Block = 32;

    public NarrowLayer(ExpertLayer layer)
    {
        W1 = [.. layer.W1.Select(w => new NarrowMatrix(w, ExpertLayer.Size, layer.Hidden, Block))];
        W2 = [.. layer.W2.Select(w => new NarrowMatrix(w, layer.Hidden, ExpertLayer.Size, Block))];
        Wide = new ExpertLayer(layer.Experts, layer.Hidden, [.. W1.Select(static w => w.Wide)], [.. W2.Select(static w => w.Wide)]);
    }

    public NarrowMatrix[] W1 { get; }

    public NarrowMatrix[] W2 { get; }

    /// <summary>What the numbers stand for.</summary>
    public ExpertLayer Wide { get; }

    /// <summary>The routed layer over <c>x[t, Size]</c> and <c>logits[t, E]</c>.</summary>
    public Graph Routed(int k)
    {
        GraphBuilder g = new();
        (Value x, Value logits) = (g.In("x", $"f32[t, {ExpertLayer.Size}]"), g.In("logits", $"f32[t, {Wide.Experts}]"));
        IReadOnlyList<Value> routed = g.EmitAll(new Route(logits) { K = k, Renormalize = true });
        List<Value> tail = [];
        Dictionary<string, WeightSource> weights = [];
        for (int e = 0; e < Wide.Experts; e++)
        {
            Add(g, tail, weights, $"experts.{e}.w1", W1[e]);
            Add(g, tail, weights, $"experts.{e}.w2", W2[e]);
        }

        GroupedMlp experts = new(x, routed[1], routed[0], [.. tail]) { ExpertCount = Wide.Experts, Activation = ExpertActivation.GeluTanh, Scaled = true, BlockSize = Block };
        return new Graph { Name = "narrow", Builder = g, Inputs = [x, logits], Outputs = [new GraphOutput("y", g.Emit(experts))], Weights = weights };
    }

    private static void Add(GraphBuilder g, List<Value> tail, Dictionary<string, WeightSource> weights, string path, NarrowMatrix matrix)
    {
        weights.Add(path, new MemoryWeightSource(DType.I4, [matrix.Rows, matrix.Columns], matrix.ByRow()));
        weights.Add(path + ".scale", MemoryWeightSource.Of<float>(matrix.Scales, matrix.Rows / Block, matrix.Columns));
        tail.Add(g.Param(path, $"i4[{matrix.Rows}, {matrix.Columns}]"));
        tail.Add(g.Param(path + ".scale", $"f32[{matrix.Rows / Block}, {matrix.Columns}]"));
    }
}
