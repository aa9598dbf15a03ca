using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// A loop with a round for each expert  →  what its rounds, written out one after another, are fused to. Where they do not become
/// grouped experts the loop stays as it is. What is carried may be declared without a rank: the rounds tell it.
/// </summary>
public sealed class FuseLoopedExperts : RewriteRule<Loop>
{
    public override bool TakesAnyType => true;

    public override IReadOnlyList<Value>? ApplyAll(Loop op, RewriteContext context)
    {
        if (op.OutputCount != op.Carried || op.Rounds?.ConstValue is not (> 1 and <= ExpertRounds.Most and var rounds) || !ExpertRounds.MayBe(op.Body, rounds))
        {
            return null;
        }

        GraphBuilder g = context.Builder;
        Value goes = g.Constant(RefTensors.ToContent(RefTensor.Bools([], [true])));
        IReadOnlyList<Value> captures = [.. op.Values.Skip((int)op.Carried)];
        return ExpertRounds.Fuse(
            op, rounds, [.. op.Values.Take((int)op.Carried)],
            (round, carried) => [.. RegionInlining.Inline(g, op.Body, [g.Int(DType.I64, round), goes, .. carried, .. captures]).Skip(1)],
            context);
    }
}
