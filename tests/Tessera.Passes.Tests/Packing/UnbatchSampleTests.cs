using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Batching;
using Tessera.Passes.Unbatching;
using Tessera.Testing;
using Xunit;

namespace Tessera.Passes.Tests.Packing;

/// <summary>Every sample of every op, as a model of a batch: what becomes of it for one example is that, or it is refused.</summary>
public class UnbatchSampleTests
{
    public static TheoryData<string> Ops => SampleCases.Ops;

    // Whatever axis n is: an op that mixes along it must be refused.
    [Theory]
    [MemberData(nameof(Ops))]
    public void What_is_taken_for_a_batch_is_one(string op)
    {
        foreach ((OpSample sample, Graph graph) in SampleCases.Of(op))
        {
            UnbatchedGraph? one = Unbatched(graph, SampleCases.Size);
            if (one is null)
            {
                continue;
            }

            Verifier.Verify(one.Graph);
            Dictionary<string, RefTensor> inputs = SampleCases.Inputs(sample, graph, 3, seed: 1);
            if (SampleCases.Run(sample, graph, inputs) is { } together)
            {
                for (int i = 0; i < 3; i++)
                {
                    Dictionary<string, RefTensor> own = graph.Inputs.Select((v, at) => (SampleCases.Name(v), Rows.At(inputs[SampleCases.Name(v)], one.InputAxes[at], i))).ToDictionary();
                    RefTensor[] alone = SampleCases.Run(sample, one.Graph, own)!;
                    for (int o = 0; o < alone.Length; o++)
                    {
                        RefAssert.Close(alone[o], Rows.At(together[o], one.OutputAxes[o], i), SampleCases.Tolerance(alone[o].DType), absolute: 1e-7);
                    }
                }
            }
        }
    }

    // A batch of examples becomes one example again.
    [Theory]
    [MemberData(nameof(Ops))]
    public void Batched_and_unbatched_is_what_it_was(string op)
    {
        foreach ((OpSample sample, Graph graph) in SampleCases.Of(op, all: true))
        {
            if (Dense(graph) is not { } batched || Unbatched(batched, "batch") is not { } one)
            {
                continue;
            }

            Dictionary<string, RefTensor> inputs = SampleCases.Inputs(sample, graph, 3, seed: 2);
            RefTensor[]? expected = SampleCases.Run(sample, graph, inputs);
            RefTensor[]? actual = SampleCases.Run(sample, one.Graph, inputs);
            for (int o = 0; o < (expected?.Length ?? 0); o++)
            {
                RefAssert.Close(expected![o], actual![o], SampleCases.Tolerance(expected[o].DType), absolute: 1e-7);
            }
        }
    }

    [Theory]
    [InlineData("add")]
    [InlineData("where")]
    [InlineData("matmul")]
    [InlineData("softmax")]
    [InlineData("layer_norm")]
    [InlineData("standard_layer_norm")]
    [InlineData("rms_norm")]
    [InlineData("reduce_mean")]
    [InlineData("arg_max")]
    [InlineData("cum_sum")]
    [InlineData("gather")]
    [InlineData("reshape")]
    [InlineData("transpose")]
    [InlineData("concat")]
    [InlineData("slice")]
    [InlineData("split")]
    [InlineData("pad")]
    [InlineData("expand")]
    [InlineData("tile")]
    [InlineData("trilu")]
    [InlineData("conv")]
    [InlineData("average_pool")]
    [InlineData("batch_norm")]
    [InlineData("lstm")]
    public void Common_ops_are_taken_apart(string op) =>
        Assert.Contains(SampleCases.Of(op, all: true), static c => Dense(c.Graph) is { } batched && Unbatched(batched, "batch") is not null);

    private static Graph? Dense(Graph graph)
    {
        try
        {
            return BatchPass.Run(graph, BatchMode.Dense);
        }
        catch (TesseraException refusal) when (refusal.Code is "TSR0401" or "TSR0525")
        {
            return null;
        }
    }

    private static UnbatchedGraph? Unbatched(Graph graph, string batch)
    {
        try
        {
            return UnbatchPass.Run(Pipelines.Plain.Run(graph, new PassContext()), batch);
        }
        catch (TesseraException refusal) when (refusal.Code is "TSR0530" or "TSR0531" or "TSR0532")
        {
            return null;
        }
    }
}
