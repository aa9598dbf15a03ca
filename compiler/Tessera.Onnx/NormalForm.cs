using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// What a model cannot tell apart, in one form, so that reading gives back what was written: a size as a number is a
/// <see cref="DimValue"/>, however it was computed, and captures of regions stand in the order of their first use.
/// </summary>
internal static class NormalForm
{
    public static Graph Run(Graph graph) =>
        graph.WithRoots(Run(graph.Builder, [.. graph.Roots], graph.Inputs.ToDictionary(static v => v)));

    private static Region Run(Region region)
    {
        IReadOnlyList<Value> results = Run(region.Builder, region.Results, region.Parameters.ToDictionary(static v => v));
        return results.SequenceEqual(region.Results) ? region : new Region(region.Builder, region.Parameters, results);
    }

    private static IReadOnlyList<Value> Run(GraphBuilder builder, IReadOnlyList<Value> roots, Dictionary<Value, Value> known)
    {
        GraphRebuild rebuild = new(builder);
        return GraphWalk.Rebuild(roots, known, (op, operands) =>
        {
            IReadOnlyList<Value> values = rebuild.Again(op, operands, op is IRegionOp ? static moved => Normal(OpRewriting.MapRegions(moved, Run)) : null);
            return values.Any(static v => v.Sizes is not null) ? [.. values.Select(v => AsSize(builder, v, v.Sizes, op.Outputs[0].Source))] : values;
        });
    }

    private static Op Normal(Op op) => op is IRegionOp ? RegionCaptures.Normal(op) : op;

    /// <summary>A rank-0 value with the given content as the size it is; any other value as it stands.</summary>
    public static Value AsSize(GraphBuilder builder, Value value, IReadOnlyList<Dim>? content, SourceLocation source)
    {
        if (value.Producer is Constant || value.Type is not TensorType { DType: DType.I64, Shape.Rank: 0 } || content is not [var size])
        {
            return value;
        }

        return size.IsConst(out long number)
            ? builder.Emit(new Constant { Value = TensorContent.Scalar(number) }, source)
            : builder.Emit(new DimValue { Dim = size }, source);
    }
}
