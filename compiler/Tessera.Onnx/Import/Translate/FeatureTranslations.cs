using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Ops of <c>ai.onnx.ml</c> that prepare features: simple arithmetic, written in ops of <c>ai.onnx</c>.</summary>
internal static class FeatureTranslations
{
    private const string Domain = "ai.onnx.ml";

    public static IEnumerable<Translation> All =>
    [
        new("ArrayFeatureExtractor", Extracted) { Domain = Domain },
        new("Binarizer", Binarized) { Domain = Domain },
        new("Scaler", Scaled) { Domain = Domain },
        new("Normalizer", Normalised) { Domain = Domain },
        new("Imputer", Imputed) { Domain = Domain },
        new("OneHotEncoder", Encoded) { Domain = Domain },
        new("FeatureVectorizer", Joined) { Domain = Domain },
    ];

    // Columns of x by their numbers; a vector is one row.
    private static IReadOnlyList<Value?>? Extracted(NodeView node)
    {
        if (node.RankOf(0) is not { } rank || rank == 0 || node.Operand(1).Type is not TensorType { Shape: { } indices })
        {
            return null;
        }

        Value columns = node.Emit(new Reshape(node.Operand(1)) { Shape = [indices.NumElements] });
        Value chosen = node.Emit(new Gather(node.Operand(0), columns) { Axis = -1 });
        return [rank == 1 ? node.Emit(new Reshape(chosen) { Shape = [1, indices.NumElements] }) : chosen];
    }

    private static IReadOnlyList<Value?> Binarized(NodeView node)
    {
        Value x = node.Operand(0);
        return [node.Emit(new Cast(node.Emit(new Greater(x, node.Scalar(x.DType, node.Float("threshold", 0))))) { To = x.DType })];
    }

    private static IReadOnlyList<Value?> Scaled(NodeView node)
    {
        Value x = Real(node, 0);
        x = node.Floats("offset") is { } offset ? node.Emit(new Sub(x, Vector(node, offset))) : x;
        return [node.Floats("scale") is { } scale ? node.Emit(new Mul(x, Vector(node, scale))) : x];
    }

    // Rows by their greatest element or their norm; a row of zeros stays.
    private static IReadOnlyList<Value?>? Normalised(NodeView node)
    {
        Value x = Real(node, 0);
        if (x.Type is not TensorType { Shape.Rank: > 0 })
        {
            return null;
        }

        EquatableArray<long> axes = [x.Rank - 1];
        Value? size = node.Text("norm", "MAX") switch
        {
            "MAX" => node.Emit(new ReduceMax(x) { Axes = axes, KeepDims = true }),
            "L1" => node.Emit(new ReduceL1(x) { Axes = axes, KeepDims = true }),
            "L2" => node.Emit(new ReduceL2(x) { Axes = axes, KeepDims = true }),
            _ => null,
        };
        if (size is null)
        {
            return null;
        }

        Value isZero = node.Emit(new Equal(size, node.Scalar(DType.F32, 0)));
        return [node.Emit(new Div(x, node.Emit(new Where(isZero, node.Scalar(DType.F32, 1), size))))];
    }

    private static IReadOnlyList<Value?>? Imputed(NodeView node)
    {
        Value x = node.Operand(0);
        if (x.DType == DType.F32 && node.Floats("imputed_value_floats") is { } floats)
        {
            float replaced = (float)node.Float("replaced_value_float", 0);
            Value missing = float.IsNaN(replaced) ? node.Emit(new IsNaN(x)) : node.Emit(new Equal(x, node.Scalar(DType.F32, replaced)));
            return [node.Emit(new Where(missing, Vector(node, floats), x))];
        }

        return x.DType == DType.I64 && node.Ints("imputed_value_int64s") is { } ints
            ? [node.Emit(new Where(node.Emit(new Equal(x, node.Scalar(DType.I64, node.Int("replaced_value_int64", 0)))), node.Emit(new Constant { Value = TensorContent.Vector(ints) }), x))]
            : null;
    }

    // Where an unknown category is an error, zeros would hide it.
    private static IReadOnlyList<Value?>? Encoded(NodeView node)
    {
        Value x = node.Operand(0);
        TensorContent? categories = node.Strings("cats_strings") is { } texts ? TensorContent.FromStrings([texts.Length], texts)
            : node.Ints("cats_int64s") is { } ints ? TensorContent.Vector(ints)
            : null;
        if (categories is null || node.RankOf(0) is not { } rank || node.Int("zeros", 1) == 0 || (x.DType == DType.String) != (categories.DType == DType.String))
        {
            return null;
        }

        Value given = x.DType is DType.String or DType.I64 ? x : node.Emit(new Cast(x) { To = DType.I64 });
        TensorContent places = TensorContent.Vector([.. Enumerable.Range(0, (int)categories.Count).Select(static i => (long)i)]);
        Value place = node.Emit(new LabelEncoder(given) { Keys = categories, Values = places, Default = TensorContent.Vector(-1) });
        Value same = node.Emit(new Equal(node.Emit(new Unsqueeze(place) { Axes = [rank] }), node.Emit(new Constant { Value = places })));
        return [node.Emit(new Cast(same) { To = DType.F32 })];
    }

    private static IReadOnlyList<Value?>? Joined(NodeView node)
    {
        long[] widths = node.Ints("inputdimensions") ?? [];
        Value[] parts = [.. Enumerable.Range(0, node.InputCount).Select(i => Real(node, i))];
        return widths.Length == parts.Length && parts.Select((p, i) => p.Type is TensorType { Shape: [_, { ConstValue: var width }] } && width == widths[i]).All(static fits => fits)
            ? [node.Emit(new Concat([.. parts]) { Axis = 1 })]
            : null;
    }

    internal static Value Real(NodeView node, int input) => node.Operand(input) is { DType: not DType.F32 } x ? node.Emit(new Cast(x) { To = DType.F32 }) : node.Operand(input);

    internal static Value Vector(NodeView node, float[] values) => node.Emit(new Constant { Value = TensorContent.From<float>(DType.F32, [values.Length], values) });
}
