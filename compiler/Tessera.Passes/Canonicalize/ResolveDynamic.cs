using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>
/// An op steered by integers that are known after all  →  the op with attributes. What stands below is inferred anew: sizes
/// that only a run knew get their values.
/// </summary>
public sealed record ResolveDynamic : IPass
{
    public string Name => "resolve-dynamic";

    public Graph Run(Graph graph, PassContext context) => graph.PostOrder().Any(static op => op is DynamicOp or IRegionOp)
        ? graph.WithRoots(Run(graph.Builder, [.. graph.Roots], graph.Inputs.ToDictionary(static v => v)))
        : graph;

    private static Region Run(Region region)
    {
        IReadOnlyList<Value> results = Run(region.Builder, region.Results, region.Parameters.ToDictionary(static v => v));
        return results.SequenceEqual(region.Results) ? region : new Region(region.Builder, region.Parameters, results);
    }

    private static IReadOnlyList<Value> Run(GraphBuilder builder, IReadOnlyList<Value> roots, Dictionary<Value, Value> known)
    {
        SymbolRenames renames = new();
        return GraphWalk.Rebuild(roots, known, (op, operands) =>
        {
            Op moved = OpRewriting.MapRegions(renames.Apply(op.WithOperands(operands)), Run);
            IReadOnlyList<Value> values = builder.EmitAll((moved as DynamicOp)?.Resolve(i => Content(moved, i)) ?? moved, op.Outputs[0].Source);
            for (int i = 0; i < values.Count; i++)
            {
                renames.Note(op.Outputs[i].Type, values[i].Type);
            }

            return values;
        });
    }

    private static IReadOnlyList<Dim>? Content(Op op, int operand) => op.Operands[operand] is { } value ? value.Sizes : null;
}
