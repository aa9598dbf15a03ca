using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Gpu.Parity;

/// <summary>All that an op is held against the reference on.</summary>
internal static class ParityCases
{
    public static IEnumerable<ParityCase> Of(string op, OpSchema schema, bool quick) => SampleCases.Of(op, schema).Concat(op switch
    {
        "PackedAttention" => AttentionCases.All(quick),
        "SegmentReduce" or "SegmentSoftmax" or "SegmentExpand" => SegmentCases.All(op, quick),
        "GroupedMlp" => ExpertCases.Experts(quick),
        "Route" => ExpertCases.Routes(quick),
        "SparseTopK" => ExpertCases.Sparse(quick),
        _ => [],
    });

    public static ParityCase Of(string op, string name, GraphBuilder builder, Dictionary<string, RefValue> inputs, IReadOnlyList<Value> results) => new(
        op,
        name,
        new Graph
        {
            Name = "parity",
            Builder = builder,
            Inputs = [.. GraphWalk.PostOrder(results).OfType<Input>().OrderBy(static i => i.Outputs[0].Id).Select(static i => i.Outputs[0])],
            Outputs = [.. results.Select(static (v, i) => new GraphOutput($"y{i}", v))],
        },
        inputs);

    /// <summary>Inputs that are weights of experts.</summary>
    public static IReadOnlySet<string> Experts(GroupedMlp op) => op.Tail.Select(static v => v.Producer).OfType<Input>().Select(static i => i.Name).ToHashSet();

    /// <summary>Seeded numbers in ±spread as the type holds them.</summary>
    public static RefTensor Floats(DType type, double spread, int seed, params long[] dims)
    {
        Random random = new(seed);
        double[] values = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        foreach (ref double value in values.AsSpan())
        {
            value = RefTensors.Round(type, ((random.NextDouble() * 2) - 1) * spread);
        }

        return RefTensor.Floats(type, dims, values);
    }
}
