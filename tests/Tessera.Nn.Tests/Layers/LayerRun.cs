using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Traces one layer alone and runs it by the reference evaluator, in double precision, on seeded inputs and weights.</summary>
internal sealed class LayerRun
{
    private readonly Dictionary<string, RefTensor> _weights = [];
    private readonly Random _random;

    private LayerRun(Graph graph, int seed) => (Graph, _random) = (graph, new Random(seed));

    public Graph Graph { get; }

    /// <summary>Inputs by name, as given.</summary>
    public required IReadOnlyDictionary<string, RefTensor> Inputs { get; init; }

    /// <param name="layer">The layer, which becomes the root of all paths.</param>
    /// <param name="forward">Calls it.</param>
    /// <param name="inputs">Its inputs with their values.</param>
    public static LayerRun Of(Module layer, Func<Tensor[], Tensor> forward, params (string Name, RefTensor Value)[] inputs)
    {
        Graph graph = Trace(layer, forward, [.. inputs.Select(static i => (i.Name, new TensorType(i.Value.DType, [.. i.Value.Dims.Select(Dim.Const)])))]);
        LayerRun run = new(graph, seed: 5) { Inputs = inputs.ToDictionary(static i => i.Name, static i => i.Value) };
        foreach ((string path, Parameter parameter) in ModuleTree.Parameters(layer))
        {
            run._weights[path] = run.Draw(parameter.Shape.Select(static d => d.ConstValue!.Value));
        }

        return run;
    }

    /// <summary>The text of a layer's graph over inputs of the given types.</summary>
    public static string Text(Module layer, Func<Tensor[], Tensor> forward, params string[] types) =>
        Printer.Print(Trace(layer, forward, [.. types.Select(static (t, i) => ($"x{i}", TypeText.ParseTensor(t)))]));

    /// <summary>Floats in (−1, 1), the same every time.</summary>
    public static RefTensor Random(int seed, params long[] dims)
    {
        Random random = new(seed);
        return RefTensor.Floats(DType.F32, dims, [.. Enumerable.Range(0, (int)dims.Aggregate(1L, static (a, b) => a * b)).Select(_ => (random.NextDouble() * 2) - 1)]);
    }

    public static RefTensor Ints(params long[] values) => RefTensor.Ints(DType.I64, [values.Length], values);

    /// <summary>Gives a weight values of its own.</summary>
    public LayerRun With(string path, RefTensor value)
    {
        _weights[path] = value;
        return this;
    }

    /// <summary>A weight.</summary>
    public RefTensor Weights(string path) => _weights[path];

    /// <summary>A weight as rows; a vector is one row.</summary>
    public double[][] Weight(string path) => Plain.Rows(_weights[path]);

    /// <summary>A vector weight.</summary>
    public double[] Vector(string path) => _weights[path].F;

    /// <summary>A vector weight, or null where the layer has none of this path.</summary>
    public double[]? VectorOrNull(string path) => _weights.TryGetValue(path, out RefTensor? weight) ? weight.F : null;

    public double[][] Input(string name) => Plain.Rows(Inputs[name]);

    /// <summary>What the graph computes, as rows of its last axis.</summary>
    public double[][] Result() => Plain.Rows(Tensor());

    public RefTensor Tensor() => (RefTensor)Evaluator.Run(
        Graph,
        Inputs.ToDictionary(static i => i.Key, static i => (RefValue)i.Value),
        _weights.ToDictionary(static w => w.Key, static w => (RefValue)w.Value))[0];

    private static Graph Trace(Module layer, Func<Tensor[], Tensor> forward, (string Name, TensorType Type)[] inputs)
    {
        GraphBuilder builder = new();
        Tracer tracer = new(layer, builder, DType.F32);
        Tensor[] arguments = [.. inputs.Select(i => tracer.Wrap(builder.Input(i.Name, i.Type)))];
        Graph graph = new()
        {
            Name = layer.GetType().Name,
            Builder = builder,
            Inputs = [.. arguments.Select(static t => t.Value)],
            Outputs = [new GraphOutput("y", forward(arguments).Value)],
        };
        Verifier.Verify(graph);
        return graph;
    }

    private RefTensor Draw(IEnumerable<long> dims) => Random(_random.Next(), [.. dims]);
}
