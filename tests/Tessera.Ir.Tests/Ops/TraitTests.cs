using Tessera.Ir.Evaluate;
using Tessera.Testing;
using Xunit;

namespace Tessera.Ir.Tests.Ops;

/// <summary>Laws that ops claim hold on their samples.</summary>
public class TraitTests
{
    public static TheoryData<string, string> Commutative()
    {
        TheoryData<string, string> data = [];
        foreach (OpSchema schema in OpRegistry.All)
        {
            foreach (OpSample sample in schema.Samples?.Invoke() ?? [])
            {
                if (Of(SampleInputs.Graph(sample), schema.Name).Any(static op => op.Traits.HasFlag(OpTraits.Commutative)))
                {
                    data.Add(schema.Name, sample.Name);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Commutative))]
    public void Operands_of_commutative_ops_change_places(string name, string sampleName)
    {
        OpSample sample = OpRegistry.Find(name)!.Samples!().Single(s => s.Name == sampleName);
        Graph graph = SampleInputs.Graph(sample);
        Graph swapped = GraphRebuild.Run(graph, (op, operands) =>
            op.Schema.Name == name ? graph.Builder.EmitAll(op.WithOperands([operands[1], operands[0]])) : null);
        foreach (IReadOnlyDictionary<string, long> sizes in sample.Sizes)
        {
            foreach ((RefValue a, RefValue b) in SampleInputs.Evaluate(sample, graph, sizes).Zip(SampleInputs.Evaluate(sample, swapped, sizes)))
            {
                Assert.Equal(RefTensors.ToBytes((RefTensor)a), RefTensors.ToBytes((RefTensor)b));
            }
        }
    }

    [Theory]
    [InlineData("segment_reduce", 1)]
    [InlineData("segment_softmax", 1)]
    [InlineData("segment_expand", 1)]
    [InlineData("packed_attention", 2)]
    public void Offsets_of_segments_are_told(string name, int count)
    {
        Op op = Of(SampleInputs.Graph(OpRegistry.Find(name)!.Samples!().First()), name).First();
        int[] told = [.. Enumerable.Range(0, op.Operands.Length).Where(i => op.RowsCutBy(i) is not null)];
        Assert.Equal(count, told.Length);
        Assert.All(told, i => Assert.StartsWith("cu_", op.Schema.Operands[i].Name, StringComparison.Ordinal));
    }

    private static IEnumerable<Op> Of(Graph graph, string name) => graph.PostOrder().Where(op => op.Schema.Name == name);
}
