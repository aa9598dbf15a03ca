using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Inspect;

/// <summary>
/// Memory for intermediate results when ops run one by one in emission order and a result is freed after its last use.
/// A branch or loop body adds its own peak to what is live around it, as far as its sizes are those of its operands.
/// </summary>
public static class ActivationMemory
{
    /// <summary>The largest sum of live results, in bytes; where sizes are symbolic, the sum that is largest when each symbol is 64.</summary>
    public static Dim Peak(Graph graph) => Peak([.. graph.Roots]);

    private static Dim Peak(IReadOnlyList<Value> roots)
    {
        IReadOnlyList<Op> ops = [.. GraphWalk.PostOrder(roots).Where(static o => o is not (Input or Parameter or Constant))];
        Dictionary<Value, int> lastUse = [];
        for (int i = 0; i < ops.Count; i++)
        {
            foreach (Value operand in ops[i].Operands.OfType<Value>())
            {
                lastUse[operand] = i;
            }
        }

        foreach (Value root in roots)
        {
            lastUse[root] = int.MaxValue;
        }

        return Scan(ops, lastUse);
    }

    private static Dim Scan(IReadOnlyList<Op> ops, Dictionary<Value, int> lastUse)
    {
        ILookup<int, Value> freed = lastUse.ToLookup(static p => p.Value, static p => p.Key);
        Dim live = 0;
        Dim peak = 0;
        for (int i = 0; i < ops.Count; i++)
        {
            live += Dim.Sum(ops[i].Outputs.Select(Bytes));
            peak = Typical.Largest([peak, live + Inside(ops[i])]);
            live -= Dim.Sum(freed[i].Where(static v => v.Producer is not (Input or Parameter or Constant)).Select(Bytes));
            live -= Dim.Sum(ops[i].Outputs.Where(v => !lastUse.ContainsKey(v)).Select(Bytes));
        }

        return peak;
    }

    private static Dim Inside(Op op)
    {
        Dim peak = op is IRegionOp { Regions: var regions } ? Typical.Largest(regions.Select(static r => Peak(r.Results))) : 0;
        return RegionCost.IsVisible(op, peak) ? peak : 0;
    }

    private static Dim Bytes(Value value) => value.Type is TensorType { Shape: { } shape } tensor
        ? Dim.CeilDiv(shape.NumElements * tensor.DType.Bits(), 8)
        : 0;
}
