using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Testing;

/// <summary>Graphs and seeded input values for the samples of an op, as every tier of tests uses them.</summary>
public static class SampleInputs
{
    private const long DefaultSize = 3;

    private static readonly string[] s_words = ["", "a", "tessera", "ünïcode"];

    /// <summary>A fresh graph of the sample; its inputs are those the results reach, its outputs are named y0, y1 …</summary>
    public static Graph Graph(OpSample sample)
    {
        GraphBuilder builder = new();
        IReadOnlyList<Value> results = sample.Build(builder);
        return new()
        {
            Name = "sample",
            Builder = builder,
            Inputs = [.. GraphWalk.PostOrder(results).OfType<Input>().OrderBy(static i => i.Outputs[0].Id).Select(static i => i.Outputs[0])],
            Outputs = [.. results.Select(static (v, i) => new GraphOutput($"y{i}", v))],
        };
    }

    /// <summary>Values of the graph's inputs by name, at one entry of the sample's <see cref="OpSample.Sizes"/>.</summary>
    public static IReadOnlyDictionary<string, RefValue> For(
        OpSample sample, Graph graph, IReadOnlyDictionary<string, long> sizes, int seed = 1) => graph.Inputs
            .Select(static v => (((Input)v.Producer).Name, v.Type))
            .ToDictionary(static i => i.Name, i => Generate(sample, i.Name, i.Type, sizes, seed));

    /// <summary>Values of the graph's parameters by path, at one entry of the sample's <see cref="OpSample.Sizes"/>.</summary>
    public static IReadOnlyDictionary<string, RefValue> Weights(
        OpSample sample, Graph graph, IReadOnlyDictionary<string, long> sizes, int seed = 1) => GraphWalk.PostOrder(graph.Roots)
            .OfType<Parameter>()
            .ToDictionary(static p => p.Path, p => Generate(sample, p.Path, p.Outputs[0].Type, sizes, seed));

    /// <summary>The reference results of the sample at the given sizes.</summary>
    public static IReadOnlyList<RefValue> Evaluate(OpSample sample, Graph graph, IReadOnlyDictionary<string, long> sizes, int seed = 1) =>
        Evaluator.Run(graph, For(sample, graph, sizes, seed), Weights(sample, graph, sizes, seed));

    private static RefValue Generate(OpSample sample, string name, IrType type, IReadOnlyDictionary<string, long> sizes, int seed) =>
        sample.Fixed.TryGetValue(name, out RefTensor? given) ? given : Generate(type, sample, sizes, new Random(Hash(name) ^ seed));

    private static RefValue Generate(IrType type, OpSample sample, IReadOnlyDictionary<string, long> sizes, Random random) => type switch
    {
        TensorType tensor => Generate(tensor.DType, (tensor.Shape ?? [2, 3]).Evaluate(s => sizes.GetValueOrDefault(s, DefaultSize)), sample, random),
        SequenceType sequence => new RefSequence([Generate(sequence.Element, sample, sizes, random), Generate(sequence.Element, sample, sizes, random)]),
        OptionalType optional => new RefOptional(Generate(optional.Element, sample, sizes, random)),
        _ => throw new ArgumentException($"No values of type {type} can be generated.", nameof(type)),
    };

    private static RefTensor Generate(DType dtype, long[] dims, OpSample sample, Random random)
    {
        int count = checked((int)dims.Aggregate(1L, static (a, b) => a * b));
        T[] Fill<T>(Func<T> next) => [.. Enumerable.Range(0, count).Select(_ => next())];
        (double low, double high) = sample.Range;
        return dtype switch
        {
            DType.Bool => RefTensor.Bools(dims, Fill(() => random.Next(2) == 1)),
            DType.String => RefTensor.Strings(dims, Fill(() => s_words[random.Next(s_words.Length)])),
            _ when dtype.IsFloat() => RefTensor.Floats(dtype, dims, Fill(() => RefTensors.Round(dtype, low + (random.NextDouble() * (high - low))))),
            _ => RefTensor.Ints(dtype, dims, Fill(() => random.NextInt64(sample.IntRange.Low, sample.IntRange.High))),
        };
    }

    // FNV-1a: string hashes of .NET differ from process to process.
    private static int Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
        {
            hash = unchecked((hash ^ c) * 16777619);
        }

        return (int)hash;
    }
}
