using Tessera.Ir;
using Tessera.Ir.Onnx;

namespace Tessera.Passes.Fusion;

/// <summary>The ops of a region in the graph around it.</summary>
internal static class RegionInlining
{
    /// <summary>The region's results for the given values of its parameters.</summary>
    public static IReadOnlyList<Value> Inline(GraphBuilder g, Region region, IReadOnlyList<Value> arguments)
    {
        Dictionary<Value, Value> known = [];
        Dictionary<string, Dim> sizes = new(StringComparer.Ordinal);
        foreach ((Value parameter, Value argument) in region.Parameters.Zip(arguments))
        {
            known.Add(parameter, argument);
            Note(parameter.Type, argument.Type, sizes);
        }

        return GraphWalk.Rebuild(region.Results, known, (op, operands) =>
        {
            Op moved = operands.IsEmpty ? op : op.WithOperands(operands);
            IReadOnlyList<Value> values = g.EmitAll(sizes.Count == 0 ? moved : OpRewriting.Substitute(moved, s => sizes.GetValueOrDefault(s)));
            foreach ((Value inner, Value outer) in op.Outputs.Zip(values))
            {
                Note(inner.Type, outer.Type, sizes);
            }

            return values;
        });
    }

    // A size that the region has a name of its own for: of a parameter, or one that only run time tells.
    private static void Note(IrType parameter, IrType argument, Dictionary<string, Dim> sizes)
    {
        if (parameter is not TensorType { Shape: { } inner } || argument is not TensorType { Shape: { } outer } || inner.Rank != outer.Rank)
        {
            return;
        }

        foreach ((Dim name, Dim size) in inner.Zip(outer))
        {
            if (name.IsSymbol(out string? symbol) && name != size)
            {
                sizes.TryAdd(symbol, size);
            }
        }
    }
}
