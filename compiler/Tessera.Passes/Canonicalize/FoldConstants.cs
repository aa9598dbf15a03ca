using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>
/// f(constants)  →  constant, for small results and only where every machine computes the same bytes: integers, movement of
/// elements, and the operations that IEEE 754 rounds exactly. (exp and log are not folded: libraries differ in the last bit.)
/// </summary>
public sealed class FoldConstants : RewriteRule<Op>
{
    private const long MostElements = 1 << 16;
    private const long MostInPlace = 1 << 23;
    private const long MostGrowth = 1 << 10;
    private const long MostGiven = 1 << 20;

    public override IReadOnlyList<Value>? ApplyAll(Op op, RewriteContext context)
    {
        if (op is Constant || !op.Operands.All(static v => v is null or { Op: Constant or ConstantOfShape { Shape.IsStatic: true } })
            || op.Operands.IsEmpty || op.Traits.HasFlag(OpTraits.Costly) || !IsExact(op) || !IsSmall(op))
        {
            return null;
        }

        Graph alone = new()
        {
            Name = op.Schema.Name,
            Builder = context.Builder,
            Inputs = [],
            Outputs = [.. op.Outputs.Select(static v => new GraphOutput($"y{v.Index}", v))],
        };
        try
        {
            IReadOnlyList<RefValue> results = Evaluator.Run(alone, new Dictionary<string, RefValue>());
            return [.. results.Select(r => context.Emit(new Constant { Value = RefTensors.ToContent((RefTensor)r) }))];
        }
        catch (TesseraException e)
        {
            context.Reject(op, $"it fails on these constants: {e.Message}");
            return null;
        }
    }

    // Computed in double and rounded once more, a result is still exact: double has more than twice the digits of f32 and f16.
    private static bool IsExact(Op op) => op.Outputs.All(static v => v.Type is TensorType) && Types(op).All(static t => !t.IsFloat())
        || op.Traits.HasFlag(OpTraits.Exact)
        || (op.Traits.HasFlag(OpTraits.RoundedOnce) && op.Outputs[0].DType is DType.F32 or DType.F64 or DType.F16);

    private static IEnumerable<DType> Types(Op op) =>
        op.Operands.OfType<Value>().Concat(op.Outputs).Select(static v => v.Type is TensorType t ? t.DType : DType.Undefined);

    private static bool IsSmall(Op op)
    {
        if (op.Operands.Any(static v => v?.Op is ConstantOfShape filled && !IsWithin(filled.Shape, MostGiven)))
        {
            return false;
        }

        long given = op.Operands.Sum(static v => v?.Op is Constant c ? c.Value.Count : v?.Op is ConstantOfShape filled ? filled.Shape.NumElements.ConstValue ?? 0 : 0);
        return given <= MostGiven && op.Outputs.All(v => v.Type is TensorType { Shape: { IsStatic: true } shape } type
            && type.DType != DType.String
            && IsWithin(shape, MostInPlace)
            && shape.NumElements.ConstValue is { } count && count <= given + MostGrowth && count <= (count <= given ? MostInPlace : MostElements));
    }

    // No axis is longer either, so that the product of all can be taken.
    private static bool IsWithin(Shape shape, long most) => shape.All(d => d.ConstValue <= most) && shape.NumElements.ConstValue is { } count && count <= most;
}
