using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>
/// einsum(a, b) of axes in common, axes of each operand's own, and axes that are summed over  →  transposes and reshapes around a
/// matmul, as <c>bhid,bhjd-&gt;bhij</c>, and <c>abc,cde-&gt;abde</c> where a weight has heads. Which operand comes first follows the result.
/// </summary>
public sealed class EinsumToMatMul : RewriteRule<Einsum>
{
    public override Value? Apply(Einsum op, RewriteContext context)
    {
        if (op.Inputs is not [var a, var b] || EinsumEquation.Of(op.Equation, [a.Rank, b.Rank]) is not { } equation)
        {
            return null;
        }

        (string left, string right, string result) = (equation.Operands[0], equation.Operands[1], equation.Result);
        if (left.Distinct().Count() != left.Length || right.Distinct().Count() != right.Length)
        {
            return context.Reject(op, $"'{op.Equation}' takes a diagonal");
        }

        if (result.Length > 0 && !right.Contains(result[^1]))
        {
            (a, b, left, right) = (b, a, right, left);
        }

        string common = Kept(result, c => left.Contains(c) && right.Contains(c));
        string summed = Kept(left, c => !result.Contains(c));
        (string rows, string columns) = (Kept(result, c => !right.Contains(c)), Kept(result, c => !left.Contains(c)));
        if (rows.Length == 0 || columns.Length == 0 || summed.Length == 0 || equation.Summed.Length != summed.Length || !summed.All(right.Contains))
        {
            return context.Reject(op, $"'{op.Equation}' is no product of matrices");
        }

        if (!(common + summed).All(c => context.Equal(a.Shape[left.IndexOf(c)], b.Shape[right.IndexOf(c)])))
        {
            return context.Reject(op, $"an axis of {a.Type} and {b.Type} is broadcast");
        }

        // Where nothing is in common, a matrix multiplies rows under any axes.
        int[] cut = common.Length == 0 ? [.. rows.Select(static _ => 1), summed.Length] : [.. common.Select(static _ => 1), rows.Length, summed.Length];
        Value first = Merged(Transposed(a, left, common + rows + summed, context), cut, context);
        Value second = Merged(Transposed(b, right, common + summed + columns, context), [.. common.Select(static _ => 1), summed.Length, columns.Length], context);
        Value product = context.Emit(new MatMul(first, second));
        string all = common + rows + columns;
        Shape sizes = [.. all.Select(c => left.Contains(c) ? a.Shape[left.IndexOf(c)] : b.Shape[right.IndexOf(c)])];
        return Transposed(product.Rank == sizes.Rank ? product : context.Emit(new Reshape(product) { Shape = sizes }), all, result, context);
    }

    private static string Kept(string labels, Func<char, bool> keep) => string.Concat(labels.Where(keep));

    private static Value Transposed(Value x, string from, string to, RewriteContext context) => from == to
        ? x
        : context.Emit(new Transpose(x) { Perm = [.. to.Select(c => (long)from.IndexOf(c))] });

    // Runs of axes, each of the given length, made one.
    private static Value Merged(Value x, int[] runs, RewriteContext context)
    {
        if (runs.All(static r => r == 1))
        {
            return x;
        }

        int at = 0;
        return context.Emit(new Reshape(x) { Shape = [.. runs.Select(r => Dim.Product(x.Shape.Skip((at += r) - r).Take(r)))] });
    }
}
