using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>a·A + b·B  →  concat(a, b)·concat(A, B) for weights A and B, with what else is added beside them: one pass over the result instead of two.</summary>
public sealed class MergeSummedMatMuls : RewriteRule<Add>
{
    private const int MostTerms = 8;

    public override Value? Apply(Add op, RewriteContext context)
    {
        List<Value> terms = Terms(op, context);
        Value[] products = [.. terms.Where(t => IsProduct(t, op, context))];
        if (products.Length < 2)
        {
            return products.Length == 1 && terms.Any(static t => t.Op is MatMul)
                ? terms.Count(static t => t.Op is MatMul) > 1 ? context.Reject(op, "a summed product is not by a weight, is widened, or has other users") : null
                : null;
        }

        Value a = context.Emit(new Concat(products.Select(static p => ((MatMul)p.Producer).A).ToEquatableArray()) { Axis = op.Outputs[0].Rank - 1 });
        Value w = context.Emit(new Concat(products.Select(static p => ((MatMul)p.Producer).B).ToEquatableArray()) { Axis = 0 });
        Value merged = context.Emit(new MatMul(a, w));
        Value[] rest = [.. terms.Where(t => !products.Contains(t))];

        // Biases first: their sum is a weight, the rest is data.
        Value? bias = Sum(rest.Where(static t => t.Producer is Parameter), context);
        Value? data = Sum(rest.Where(static t => t.Producer is not Parameter), context);
        Value result = bias is null ? merged : context.Emit(new Add(merged, bias));
        return data is null ? result : context.Emit(new Add(data, result));
    }

    private static Value? Sum(IEnumerable<Value> terms, RewriteContext context) =>
        terms.Aggregate((Value?)null, (sum, term) => sum is null ? term : context.Emit(new Add(sum, term)));

    // Only sums that nothing else needs are taken apart, and only where no term widens another.
    private static List<Value> Terms(Add op, RewriteContext context)
    {
        List<Value> terms = [];
        Stack<Value> stack = new([op.B, op.A]);
        while (stack.TryPop(out Value? value))
        {
            if (value.Op is Add inner && terms.Count + stack.Count < MostTerms && context.HasSingleUse(value)
                && context.Equal(value.Shape, op.Outputs[0].Shape))
            {
                stack.Push(inner.B);
                stack.Push(inner.A);
            }
            else
            {
                terms.Add(value);
            }
        }

        return terms;
    }

    private static bool IsProduct(Value term, Add op, RewriteContext context) => term.Op is MatMul { B: var weight } product
        && weight.Producer is Parameter or Transpose { X.Op: Parameter }
        && weight.Rank == 2
        && product.A.Rank >= 2
        && context.HasSingleUse(term)
        && context.Equal(term.Shape, op.Outputs[0].Shape);
}
