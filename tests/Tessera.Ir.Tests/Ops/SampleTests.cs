using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Testing;
using Xunit;

namespace Tessera.Ir.Tests.Ops;

public class SampleTests
{
    public static TheoryData<string, string> All
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (OpSchema schema in OpRegistry.All)
            {
                foreach (OpSample sample in schema.Samples?.Invoke() ?? [])
                {
                    data.Add(schema.Name, sample.Name);
                }
            }

            return data;
        }
    }

    [Fact]
    public void Every_op_but_leaves_has_samples_of_distinct_names()
    {
        Type[] leaves = [typeof(Input), typeof(Parameter), typeof(Constant), typeof(Opaque)];
        foreach (OpSchema schema in OpRegistry.All.Where(s => !leaves.Contains(s.OpType)))
        {
            OpSample[] samples = [.. schema.Samples?.Invoke() ?? []];
            Assert.True(samples.Length > 0, $"{schema.Name} has no samples");
            Assert.True(samples.Select(static s => s.Name).Distinct().Count() == samples.Length, $"{schema.Name} names two samples alike");
        }
    }

    /// <summary>The evaluator itself holds every result to its inferred type.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Sample_builds_verifies_and_evaluates(string op, string name)
    {
        OpSample sample = Find(op, name);
        Graph graph = SampleInputs.Graph(sample);
        Verifier.Verify(graph);
        Assert.Contains(GraphWalk.PostOrder(graph.Roots), o => o.Schema.Name == op);
        Assert.NotEmpty(sample.Sizes);
        foreach (IReadOnlyDictionary<string, long> sizes in sample.Sizes)
        {
            Assert.Equal(graph.Outputs.Count, SampleInputs.Evaluate(sample, graph, sizes).Count);
        }
    }

    /// <summary>An op that decomposes computes the same by its parts.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Decomposition_agrees_with_the_reference(string op, string name)
    {
        OpSample sample = Find(op, name);
        Graph graph = SampleInputs.Graph(sample);
        if (Decomposed(graph, op) is not { } parts)
        {
            Assert.All(GraphWalk.PostOrder(graph.Roots).Where(o => o.Schema.Name == op), o => Assert.Null(o.Decompose(graph.Builder)));
            return;
        }

        Verifier.Verify(parts);
        foreach (IReadOnlyDictionary<string, long> sizes in sample.Sizes)
        {
            IReadOnlyList<RefValue> expected = SampleInputs.Evaluate(sample, graph, sizes);
            IReadOnlyList<RefValue> actual = SampleInputs.Evaluate(sample, parts, sizes);
            foreach ((RefValue e, RefValue a) in expected.Zip(actual))
            {
                RefAssert.Close((RefTensor)e, (RefTensor)a, relative: 1e-6, Absolute((RefTensor)e));
            }
        }
    }

    // Constants and intermediate casts round to the stored width, relative to the largest element; all else is double.
    private static double Absolute(RefTensor expected) => expected.DType is DType.F16 or DType.BF16
        ? Tolerances.For(expected.DType) * expected.F.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max()
        : 1e-7;

    private static OpSample Find(string op, string name) => OpRegistry.Find(op)!.Samples!().Single(s => s.Name == name);

    // The graph with every such op replaced by what it decomposes into; null when there is nothing to replace it by.
    private static Graph? Decomposed(Graph graph, string name)
    {
        Dictionary<Value, Value> mapped = [];
        bool any = false;
        foreach (Op op in GraphWalk.PostOrder(graph.Roots))
        {
            Op same = graph.Builder.EmitAll(op.WithOperands([.. op.Operands.Select(v => v is null ? null : mapped[v])]))[0].Producer;
            IReadOnlyList<Value>? parts = op.Schema.Name == name ? same.Decompose(graph.Builder) : null;
            any |= parts is not null;
            foreach (Value output in op.Outputs)
            {
                mapped[output] = (parts ?? same.Outputs)[output.Index];
            }
        }

        return any ? graph.WithRoots([.. graph.Roots.Select(r => mapped[r])]) : null;
    }
}
