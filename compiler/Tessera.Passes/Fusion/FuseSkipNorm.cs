using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// s = x + y;  layer_norm(s)  →  (n, s) = skip_layer_norm(x, y), and so for rms_norm: the sum goes on as the residual, so that
/// it is written once and read by the norm while it is in registers. For target <c>ort</c>, after batching.
/// </summary>
public sealed record FuseSkipNorm : IPass
{
    public string Name => "fuse-skip-norm";

    public Graph Run(Graph graph, PassContext context)
    {
        Dictionary<Value, Op> normOfSum = Find(graph, context);
        if (normOfSum.Count == 0)
        {
            return graph;
        }

        Dictionary<Value, IReadOnlyList<Value>> fused = [];
        return GraphRebuild.Run(graph, (op, operands) =>
        {
            Value result = op.Outputs[0];
            if (op is Add && normOfSum.TryGetValue(result, out Op? norm))
            {
                IReadOnlyList<Value> pair = Fuse(graph.Builder, norm, operands[0]!, operands[1]!, result.Source, context);
                fused.Add(norm.Outputs[0], pair);
                return [pair[1]];
            }

            return fused.TryGetValue(result, out IReadOnlyList<Value>? known) ? [known[0]] : null;
        });
    }

    private Dictionary<Value, Op> Find(Graph graph, PassContext context)
    {
        Dictionary<Value, Op> normOfSum = [];
        foreach (Op op in graph.PostOrder())
        {
            if (Parts(op) is ({ Op: Add add } sum, var gains))
            {
                string? refusal = normOfSum.ContainsKey(sum) ? "the sum has another norm already"
                    : !gains.All(static g => g is null or { Producer: Parameter or Constant }) ? "the gain is no weight"
                    : sum.Rank is not (2 or 3) || sum.DType is not (DType.F32 or DType.F16 or DType.F64) ? $"there is no kernel for {sum.Type}"
                    : !SameShape(add, graph.Builder.Facts) ? $"the sum widens an operand: {add.A.Type} and {add.B.Type}"
                    : null;
                if (refusal is null)
                {
                    normOfSum.Add(sum, op);
                }
                else
                {
                    context.Reject(Name, op, refusal);
                }
            }
        }

        return normOfSum;
    }

    private static (Value Sum, Value?[] Gains)? Parts(Op op) => op switch
    {
        LayerNorm norm => (norm.X, [norm.Weight, norm.Bias]),
        RmsNorm norm => (norm.X, [norm.Weight]),
        _ => null,
    };

    private static bool SameShape(Add add, DimFacts facts) =>
        IrTypes.Same(add.A.Type, add.Outputs[0].Type, facts) && IrTypes.Same(add.B.Type, add.Outputs[0].Type, facts);

    private IReadOnlyList<Value> Fuse(GraphBuilder builder, Op norm, Value x, Value skip, SourceLocation source, PassContext context)
    {
        Op fused = norm switch
        {
            LayerNorm n => new SkipLayerNorm(x, skip, n.Weight, n.Bias) { Epsilon = n.Epsilon },
            RmsNorm n => new SkipRmsNorm(x, skip, n.Weight) { Epsilon = n.Epsilon },
            _ => throw new InvalidOperationException(norm.Schema.Name),
        };
        IReadOnlyList<Value> pair = builder.EmitAll(fused, norm.Outputs[0].Source);
        Value sum = builder.Emit(new Add(x, skip), source);
        Value?[] operands = [sum, .. norm.Operands.Skip(1)];
        context.Record(Name, [builder.Emit(norm.WithOperands(operands), norm.Outputs[0].Source), sum], pair);
        return pair;
    }
}
