using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Types of a subgraph's inputs as the operands have them, for subgraphs that do not say.</summary>
internal static class SubgraphTypes
{
    /// <summary>One type for each input that follows from an operand; null where an operand is not there.</summary>
    /// <param name="op">Kind of the op that holds the subgraph.</param>
    /// <param name="operands">Its operands without captures.</param>
    /// <param name="scanInputs">How many of a Scan's operands are scanned.</param>
    /// <param name="axes">Their axes; empty for the first throughout.</param>
    public static IReadOnlyList<IrType?> Of(Type op, IReadOnlyList<Value?> operands, long scanInputs, EquatableArray<long> axes)
    {
        if (op == typeof(Loop))
        {
            return [new TensorType(DType.I64, Shape.Scalar), new TensorType(DType.Bool, Shape.Scalar), .. operands.Skip(2).Select(static v => v?.Type)];
        }

        if (op == typeof(SequenceMap))
        {
            return [.. operands.Select(static v => v is null ? null : SequenceMap.Element(v.Type))];
        }

        if (op != typeof(Scan))
        {
            return [];
        }

        int states = operands.Count - (int)scanInputs;
        return [.. operands.Select((v, i) => v is null || i < states ? v?.Type : Scan.Slice(v.Type, i - states < axes.Count ? axes[i - states] : 0))];
    }

    /// <summary>The declared type, or the operand's where nothing is declared.</summary>
    public static IrType Known(IrType declared, IrType? given) => declared is TensorType { DType: DType.Undefined } && given is not null ? given : declared;
}
