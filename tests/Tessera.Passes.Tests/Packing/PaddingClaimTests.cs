using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Packing;
using Xunit;

namespace Tessera.Passes.Tests.Packing;

/// <summary>What the proof says of a result, of its own part and of what stands behind it, is so for every sample of every op.</summary>
public class PaddingClaimTests
{
    private const int Padded = 5;

    public static TheoryData<string> Ops => SampleCases.Ops;

    [Theory]
    [MemberData(nameof(Ops))]
    public void Claims_hold(string op)
    {
        foreach (double? promised in (double?[])[null, 0, 1, -20000])
        {
            foreach ((OpSample sample, Graph graph) in SampleCases.Of(op))
            {
                if (Proved(graph, promised) is { } states)
                {
                    Hold(sample, graph, states, promised, own: 1);
                    Hold(sample, graph, states, promised, own: 3);
                }
            }
        }
    }

    private static void Hold(OpSample sample, Graph graph, IReadOnlyDictionary<Value, PaddingState> states, double? promised, int own)
    {
        Dictionary<string, RefTensor> alone = SampleCases.Inputs(sample, graph, own, seed: 1);
        Dictionary<string, RefTensor> behind = SampleCases.Inputs(sample, graph, Padded, seed: 2);
        Dictionary<string, RefTensor> padded = alone.ToDictionary(static p => p.Key, p => Rows.Behind(p.Value, behind[p.Key], promised));
        if (SampleCases.Run(sample, graph, alone) is not { } expected || SampleCases.Run(sample, graph, padded) is not { } actual)
        {
            return;
        }

        for (int o = 0; o < expected.Length; o++)
        {
            if (actual[o].DType != DType.String)
            {
                PaddingClaims.Hold(states[graph.Outputs[o].Value], actual[o], expected[o].Dims);
            }
        }
    }

    private static IReadOnlyDictionary<Value, PaddingState>? Proved(Graph graph, double? promised)
    {
        if (promised < 0 && graph.Inputs.Any(static v => v.DType is not (DType.I32 or DType.I64) && !v.DType.IsFloat()))
        {
            return null;
        }

        Dictionary<Value, PaddingState> known = promised is not { } number ? [] : graph.Inputs.ToDictionary(
            static v => v, v => PaddingState.Of(v) with { Fills = [.. v.Shape.Select(_ => Fill.Known(v.DType.IsFloat() ? RefTensors.Round(v.DType, number) : number))] });
        try
        {
            return PaddingProof.Run(graph, [SampleCases.Size], known);
        }
        catch (TesseraException refusal) when (refusal.Code == "TSR0533")
        {
            return null;
        }
    }
}
