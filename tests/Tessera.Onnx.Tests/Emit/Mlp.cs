using Tessera.Ir;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>A small model with weights, as the modules of the DSL trace it.</summary>
internal static class Mlp
{
    public static Graph Graph(bool bound = true)
    {
        GraphBuilder g = new() { Source = new SourceLocation("mlp.fc1", "Model.cs", 7) };
        Value x = g.In("x", "f32[n, 4]");
        Value hidden = g.Gelu(Linear(g, x, "mlp.fc1", 4, 8));
        g.Source = new SourceLocation("mlp.fc2", "Model.cs", 8);
        Value y = Linear(g, hidden, "mlp.fc2", 8, 4);
        return new Graph
        {
            Name = "Mlp",
            Builder = g,
            Inputs = [x],
            Outputs = [new GraphOutput("y", y)],
            Ragged = ["n"],
            Weights = bound ? Weights() : new Dictionary<string, WeightSource>(),
        };
    }

    public static Dictionary<string, WeightSource> Weights() => new()
    {
        ["mlp.fc1.weight"] = Random(1, 8, 4),
        ["mlp.fc1.bias"] = Random(2, 8),
        ["mlp.fc2.weight"] = Random(3, 4, 8),
        ["mlp.fc2.bias"] = Random(4, 4),
    };

    private static Value Linear(GraphBuilder g, Value x, string path, long from, long to) => g.Add(
        g.MatMul(x, g.Transpose(g.Param($"{path}.weight", $"f32[{to}, {from}]"), [1, 0])),
        g.Param($"{path}.bias", $"f32[{to}]"));

    private static MemoryWeightSource Random(int seed, params long[] dims)
    {
        Random random = new(seed);
        float[] values = [.. Enumerable.Range(0, (int)dims.Aggregate(1L, static (a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5))];
        return MemoryWeightSource.Of<float>(values, dims);
    }
}
