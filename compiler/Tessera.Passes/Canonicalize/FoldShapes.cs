using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>An integer result that follows from sizes alone, all of them known  →  constant.</summary>
public sealed class FoldShapes : RewriteRule<Op>
{
    public override bool TakesAnyType => true;

    public override IReadOnlyList<Value>? ApplyAll(Op op, RewriteContext context)
    {
        if (op is Ir.Ops.Constant or Input or Parameter)
        {
            return null;
        }

        Value[] values = new Value[op.OutputCount];
        for (int i = 0; i < values.Length; i++)
        {
            if (op.Outputs[i].Type is not TensorType { DType: DType.I64 or DType.I32, Shape: { } shape } type
                || !shape.TryGetStatic(out long[] sizes)
                || op.Outputs[i].Sizes is not { } content
                || !content.All(d => d.ConstValue is { } number && (type.DType == DType.I64 || number == (int)number)))
            {
                return null;
            }

            values[i] = Emit(context, type.DType, sizes, [.. content.Select(static d => d.ConstValue!.Value)]);
        }

        return values;
    }

    private static Value Emit(RewriteContext context, DType dtype, long[] sizes, long[] numbers) => context.Emit(new Constant
    {
        Value = dtype == DType.I64
            ? TensorContent.From<long>(dtype, sizes, numbers)
            : TensorContent.From<int>(dtype, sizes, [.. numbers.Select(static n => (int)n)]),
    });
}
