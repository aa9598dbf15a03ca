using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>A scan over stacks of experts that sums what they give  →  what its rounds, written out one after another, are fused to.</summary>
public sealed class FuseScannedExperts : RewriteRule<Scan>
{
    public override bool TakesAnyType => true;

    public override IReadOnlyList<Value>? ApplyAll(Scan op, RewriteContext context)
    {
        int states = (int)(op.Carried - op.ScanInputs);
        Value[] scanned = [.. op.Values.Skip(states).Take((int)op.ScanInputs)];
        if (op.OutputCount != states || scanned.Any(static v => v.Type is not TensorType { Shape: { Rank: > 0 } }))
        {
            return null;
        }

        long[] axes = [.. scanned.Select((v, i) => i < op.InputAxes.Count ? (op.InputAxes[i] < 0 ? op.InputAxes[i] + v.Rank : op.InputAxes[i]) : 0)];
        if (scanned[0].Shape[(int)axes[0]].ConstValue is not (> 1 and <= ExpertRounds.Most and var rounds) || !ExpertRounds.MayBe(op.Body, rounds))
        {
            return null;
        }

        GraphBuilder g = context.Builder;
        IReadOnlyList<Value> captures = [.. op.Values.Skip((int)op.Carried)];
        Value Taken(int input, long round)
        {
            bool isBackwards = input < op.InputDirections.Count && op.InputDirections[input] != 0;
            return context.Emit(new Gather(scanned[input], g.Int(DType.I64, isBackwards ? rounds - 1 - round : round)) { Axis = axes[input] });
        }

        return ExpertRounds.Fuse(
            op, rounds, [.. op.Values.Take(states)],
            (round, carried) => RegionInlining.Inline(g, op.Body, [.. carried, .. Enumerable.Range(0, scanned.Length).Select(i => Taken(i, round)), .. captures]),
            context);
    }
}
