using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// The order in which ops are written: operands first and, where an op needs a size that only the data tells (how many
/// elements are not zero), the op that brings this size too. Sizes that inputs carry need no order.
/// </summary>
internal static class EmissionOrder
{
    public static IReadOnlyList<Op> Of(IEnumerable<Value> roots)
    {
        Value[] wanted = [.. roots];
        IReadOnlyList<Op> plain = GraphWalk.PostOrder(wanted);
        Dictionary<string, Value> bringers = Bringers(plain);
        return bringers.Count == 0
            ? plain
            : GraphWalk.PostOrder(wanted, op => Needed(op).Select(bringers.GetValueOrDefault).OfType<Value>());
    }

    // A value brings a size that its type names while nothing it is made from does.
    private static Dictionary<string, Value> Bringers(IReadOnlyList<Op> ops)
    {
        HashSet<string> given = [.. ops.OfType<Input>().SelectMany(static i => Symbols(i.Outputs[0].Type))];
        Dictionary<string, Value> bringers = new(StringComparer.Ordinal);
        foreach (Value value in ops.Where(static op => op is not Input).SelectMany(static op => op.Outputs))
        {
            string[] fresh = [.. Bare(value.Type).Where(s => !given.Contains(s) && !bringers.ContainsKey(s))];
            if (fresh.Length > 0)
            {
                HashSet<string> used = [.. value.Producer.Operands.OfType<Value>().SelectMany(static v => Symbols(v.Type)), .. Needed(value.Producer)];
                foreach (string symbol in fresh.Where(s => !used.Contains(s)))
                {
                    bringers.TryAdd(symbol, value);
                }
            }
        }

        return bringers;
    }

    // The sizes among an op's attributes, and among those of the ops in its regions.
    private static IEnumerable<string> Needed(Op op)
    {
        IEnumerable<string> own = op.DimOperands().SelectMany(static d => d.Symbols);
        return op is IRegionOp region ? own.Concat(region.Regions.SelectMany(static r => GraphWalk.PostOrder(r.Results)).SelectMany(Needed)) : own;
    }

    private static IEnumerable<string> Bare(IrType type) => type is TensorType { Shape: { } shape } ? shape.OfType<SymDim>().Select(static s => s.Name) : [];

    private static IEnumerable<string> Symbols(IrType type) => type is TensorType { Shape: { } shape } ? shape.Symbols : [];
}
