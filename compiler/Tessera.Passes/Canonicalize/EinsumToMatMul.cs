using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>
/// einsum(a, b) of axes in common, at most one axis of each operand's own and one that is summed over  →  transposes around a
/// matmul, as <c>bhid,bhjd-&gt;bhij</c>.
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

        string common = Kept(result, c => left.Contains(c) && right.Contains(c));
        string summed = equation.Summed;
        (string rows, string columns) = (Kept(left, c => result.Contains(c) && !right.Contains(c)), Kept(right, c => result.Contains(c) && !left.Contains(c)));
        if (rows.Length != 1 || columns.Length != 1 || summed.Length != 1 || !left.Contains(summed[0]) || !right.Contains(summed[0]))
        {
            return context.Reject(op, $"'{op.Equation}' is no product of matrices");
        }

        if (!(common + summed).All(c => context.Equal(a.Shape[left.IndexOf(c)], b.Shape[right.IndexOf(c)])))
        {
            return context.Reject(op, $"an axis of {a.Type} and {b.Type} is broadcast");
        }

        Value product = context.Emit(new MatMul(Transposed(a, left, common + rows + summed, context), Transposed(b, right, common + summed + columns, context)));
        return Transposed(product, common + rows + columns, result, context);
    }

    private static string Kept(string labels, Func<char, bool> keep) => string.Concat(labels.Where(keep));

    private static Value Transposed(Value x, string from, string to, RewriteContext context) => from == to
        ? x
        : context.Emit(new Transpose(x) { Perm = [.. to.Select(c => (long)from.IndexOf(c))] });
}
