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
        Dictionary<Op, HashSet<string>> below = new(ReferenceEqualityComparer.Instance);
        foreach (Value value in ops.Where(static op => op is not Input).SelectMany(static op => op.Outputs))
        {
            HashSet<string>? waits = below.GetValueOrDefault(value.Producer) ?? Waits(value.Producer, given, below);
            string[] fresh = [.. Bare(value.Type).Where(s => !given.Contains(s) && !bringers.ContainsKey(s))];
            if (fresh.Length > 0)
            {
                HashSet<string> used = [.. value.Producer.Operands.OfType<Value>().SelectMany(static v => Symbols(v.Type))];
                foreach (string symbol in fresh.Where(s => !used.Contains(s) && waits?.Contains(s) != true))
                {
                    bringers.TryAdd(symbol, value);
                }
            }
        }

        return bringers;
    }

    // The sizes that an op, or what it is made from, needs as numbers: what is counted by a size cannot bring it.
    private static HashSet<string>? Waits(Op op, HashSet<string> given, Dictionary<Op, HashSet<string>> below)
    {
        HashSet<string>? waits = null;
        foreach (Value operand in op.Operands.OfType<Value>())
        {
            if (below.TryGetValue(operand.Producer, out HashSet<string>? own) && !ReferenceEquals(own, waits))
            {
                waits = waits is null ? own : waits.IsSupersetOf(own) ? waits : [.. waits, .. own];
            }
        }

        string[] needed = [.. Needed(op).Where(s => !given.Contains(s) && waits?.Contains(s) != true)];
        waits = needed.Length == 0 ? waits : [.. waits ?? [], .. needed];
        if (waits is not null)
        {
            below[op] = waits;
        }

        return waits;
    }

    // The sizes among an op's attributes, but for what it merely knows of the graph around it, and among those of the ops in its regions.
    private static IEnumerable<string> Needed(Op op)
    {
        IEnumerable<string> own = op.Closed().DimOperands().SelectMany(static d => d.Symbols);
        return op is IRegionOp region ? own.Concat(region.Regions.SelectMany(static r => GraphWalk.PostOrder(r.Results)).SelectMany(Needed)) : own;
    }

    private static IEnumerable<string> Bare(IrType type) => type is TensorType { Shape: { } shape } ? shape.OfType<SymDim>().Select(static s => s.Name) : [];

    private static IEnumerable<string> Symbols(IrType type) => type is TensorType { Shape: { } shape } ? shape.Symbols : [];
}
