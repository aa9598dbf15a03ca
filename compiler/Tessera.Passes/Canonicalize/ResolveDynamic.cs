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

    public bool NotesSites => false;

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
        GraphRebuild rebuild = new(builder);
        return GraphWalk.Rebuild(roots, known, (op, operands) => rebuild.Again(op, operands, static moved =>
            OpRewriting.MapRegions(Resolved(moved), Run)));
    }

    // What an op with attributes asks of shapes, an operand of unknown rank does not tell.
    private static Op Resolved(Op op) => op is DynamicOp dynamic && op.Operands.All(static v => v is null or { Type: TensorType { Shape: not null } })
        ? dynamic.Resolve(i => Content(op, i)) ?? op
        : op;

    private static IReadOnlyList<Dim>? Content(Op op, int operand) => op.Operands[operand] is { } value ? value.Sizes : null;
}
