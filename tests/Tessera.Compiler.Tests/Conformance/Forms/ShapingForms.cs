using Tessera.Ir;
using Tessera.Ir.Evaluate;
using static Tessera.Compiler.Tests.Conformance.Forms.Form;

namespace Tessera.Compiler.Tests.Conformance.Forms;

/// <summary>Movement and choice of elements.</summary>
internal static class ShapingForms
{
    public static IEnumerable<Form> All() => [.. Shapes(), .. Slices(), .. Splits(), .. Pads(), .. Indexing(), .. Scatters(), .. Choices(), .. Fills()];

    private static IEnumerable<Form> Shapes() =>
    [
        .. from target in new[] { I(4, 2, 3), I(2, 4, 3), I(2, 12), I(2, 3, 2, 2), I(24), I(2, -1, 2), I(-1, 2, 3, 4), I(2, 0, 4, 1), I(2, 0, 1, -1) } select Node($"reshape_{string.Join('_', target.I)}", 25, "Reshape", [F(2, 3, 4), target]),
        Node("reshape_allowzero", 14, "Reshape", [F(0, 3, 4), I(3, 4, 0)], [A("allowzero", 1)]),
        Node("reshape_string", 13, "Reshape", [Str([2, 1], "a", "b"), I(-1)]),
        .. from axis in new[] { 0, 1, 2, 3, -1, -2, -3 } select Node($"flatten_{axis}", 25, "Flatten", [F(2, 3, 4)], [A("axis", axis)]),
        .. from perm in new[] { new[] { 0, 1, 2 }, [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0] } select Node($"transpose_{string.Join('_', perm)}", 25, "Transpose", [F(2, 3, 4)], [A("perm", perm)]),
        .. from type in new[] { DType.Bool, DType.String, DType.U8, DType.F16 } select Node($"transpose_{type}", 13, "Transpose", [type == DType.String ? Str([1, 2], "a", "b") : Of(type, 2, 3)]),
        .. from axes in new[] { I(0), I(1), I(-2), I(0, 3), I(3, 0), I(-1, 0) } select Node($"unsqueeze_{string.Join('_', axes.I)}", 25, "Unsqueeze", [F(3, 4), axes]),
        Node("unsqueeze_11", 11, "Unsqueeze", [F(3, 4)], [A("axes", new[] { -1, 0 })]),
        Node("squeeze_none", 13, "Squeeze", [F(1, 3, 1)]),
        Node("squeeze_scalar_axis", 13, "Squeeze", [F(1, 3, 1), I(-1)]),
        Node("squeeze_11", 11, "Squeeze", [F(1, 3, 1)], [A("axes", new[] { 0 })]),
        Node("size", 25, "Size", [F(3, 4, 5)]),
        .. from range in new (int?, int?)[] { (null, null), (1, null), (null, -1), (-1, null), (-2, -1), (0, 10), (-10, 2), (null, 1) }
           select Node($"shape_{range.Item1}_{range.Item2}", 25, "Shape", [F(3, 4, 5)], [.. range.Item1 is { } s ? [A("start", s)] : Array.Empty<Onnx.Proto.AttributeProto>(), .. range.Item2 is { } e ? [A("end", e)] : Array.Empty<Onnx.Proto.AttributeProto>()]),
        Node("shape_string", 13, "Shape", [Str([2, 1], "a", "b")]),
        .. from axis in new[] { 0, 1, 2, -1, -2, -3 } select Node($"concat_{axis}", 13, "Concat", [F(2, 2, 2), F(2, 2, 2)], [A("axis", axis)]),
        Node("concat_string", 13, "Concat", [Str([1], "a"), Str([2], "b", "c")], [A("axis", 0)]),
        Node("concat_one", 13, "Concat", [F(2)], [A("axis", 0)]),
        Node("expand", 13, "Expand", [F(3, 1), I(3, 4)]),
        Node("expand_more", 13, "Expand", [F(3, 1), I(2, 1, 6)]),
        Node("expand_smaller", 13, "Expand", [F(3, 4), I(1)]),
        Node("tile", 13, "Tile", [F(2, 3, 4, 5), I(2, 1, 3, 2)]),
        Node("tile_int", 13, "Tile", [Of(DType.I32, 2, 2), I(0, 2)]),
    ];

    private static IEnumerable<Form> Slices() =>
    [
        Node("slice_neg", 13, "Slice", [F(20, 10, 5), I(0), I(-1), I(1)]),
        Node("slice_start_out", 13, "Slice", [F(20, 10, 5), I(1000), I(1000), I(1)]),
        Node("slice_default_steps", 13, "Slice", [F(20, 10, 5), I(0, 0, 3), I(20, 10, 4), I(0, 1, 2)]),
        Node("slice_neg_steps", 13, "Slice", [F(20, 10, 5), I(20, 10, 4), I(0, 0, 1), I(0, 1, 2), I(-1, -3, -2)]),
        Node("slice_all_back", 13, "Slice", [F(5), I(-1), I(long.MinValue), I(0), I(-1)]),
        Node("slice_no_axes_steps", 13, "Slice", [F(6, 4), I(0, 1), I(6, 4), null, I(2, 3)]),
        Node("slice_int32", 13, "Slice", [F(6, 4), T(DType.I32, [1], 1), T(DType.I32, [1], 3), T(DType.I32, [1], -1)]),
        Node("slice_9", 9, "Slice", [F(6, 4)], [A("starts", new[] { 1, -3 }), A("ends", new[] { 100, -1 })]),
        Node("slice_string", 13, "Slice", [Str([3], "a", "b", "c"), I(1), I(3)]),
        Node("slice_bool", 13, "Slice", [Of(DType.Bool, 4), I(1), I(3)]),
    ];

    private static IEnumerable<Form> Splits() =>
    [
        Node("split_1d_uneven", 18, "Split", [F(7)], [A("num_outputs", 4)], outputs: 4),
        Node("split_2d_uneven", 18, "Split", [F(2, 8)], [A("axis", 1), A("num_outputs", 3)], outputs: 3),
        Node("split_13_equal_2d", 13, "Split", [F(2, 6)], [A("axis", 1)], outputs: 2),
        Node("split_variable_2d", 18, "Split", [F(2, 6), I(2, 4)], [A("axis", 1)], outputs: 2),
        Node("split_zero", 18, "Split", [F(0), I(0, 0, 0)], [], outputs: 3),
        Node("split_negative", 18, "Split", [F(2, 6), I(2, 4)], [A("axis", -1)], outputs: 2),
        Node("split_2", 7, "Split", [F(6)], [A("split", new[] { 2, 4 })], outputs: 2),
        Node("split_2_equal", 7, "Split", [F(6)], [], outputs: 3),
        Node("split_one", 18, "Split", [F(6)], [A("num_outputs", 1)], outputs: 1),
    ];

    private static IEnumerable<Form> Pads() =>
    [
        Node("pad_constant", 25, "Pad", [F(1, 3, 4, 5), I(0, 0, 1, 3, 0, 0, 2, 4), T(DType.F32, [], 1.2)], [A("mode", "constant")]),
        Node("pad_negative_axes", 23, "Pad", [F(1, 3, 4, 5), I(0, 3, 0, 4), T(DType.F32, [], 2), I(-3, -1)]),
        .. from mode in new[] { "edge", "reflect", "wrap" } select Node($"pad_{mode}", 19, "Pad", [Of(DType.I32, 1, 3, 4, 5), I(0, 0, 1, 1, 0, 0, 1, 1)], [A("mode", mode)]),
        Node("pad_wrap_more", 19, "Pad", [F(3), I(4, 5)], [A("mode", "wrap")]),
        Node("pad_crop", 13, "Pad", [F(4, 5), I(-1, 0, 1, -2)]),
        Node("pad_axes_int32", 18, "Pad", [F(4, 5), I(1, 2), null, T(DType.I32, [1], 1)]),
        Node("pad_bool", 13, "Pad", [Of(DType.Bool, 4), I(1, 1), T(DType.Bool, [], 1)]),
        Node("pad_10", 10, "Pad", [F(4, 5)], [A("pads", new[] { 1, 0, 0, 2 }), A("value", 3.0f)]),
    ];

    private static IEnumerable<Form> Indexing() =>
    [
        Node("gather_1", 13, "Gather", [F(5, 4, 3, 2), I(0, 1, 3)], [A("axis", 1)]),
        Node("gather_2d", 13, "Gather", [F(3, 3), T(DType.I64, [1, 2], 0, 2)], [A("axis", 1)]),
        Node("gather_scalar", 13, "Gather", [F(3, 3), S(-1)]),
        Node("gather_int32", 13, "Gather", [Str([3], "a", "b", "c"), T(DType.I32, [2], 2, -3)]),
        Node("gather_elements_0", 13, "GatherElements", [F(3, 3), T(DType.I64, [2, 3], 1, 2, 0, 2, 0, 0)], [A("axis", 0)]),
        Node("gather_elements_1", 13, "GatherElements", [F(2, 2), T(DType.I64, [2, 2], 0, 0, 1, 0)], [A("axis", 1)]),
        Node("gathernd_f32", 13, "GatherND", [F(2, 2, 2), T(DType.I64, [2, 1, 2], 0, 1, 1, 0)]),
        Node("gathernd_negative", 13, "GatherND", [F(2, 2, 2), T(DType.I64, [2, 2], 0, -1, -1, 0)]),
        Node("gathernd_batch_2", 12, "GatherND", [F(2, 3, 4), T(DType.I64, [2, 3, 1], 0, 1, 2, 3, 0, 1)], [A("batch_dims", 2)]),
        Node("compress_0", 11, "Compress", [F(3, 2), T(DType.Bool, [3], 0, 1, 1)], [A("axis", 0)]),
        Node("compress_1", 11, "Compress", [F(3, 2), T(DType.Bool, [2], 0, 1)], [A("axis", 1)]),
        Node("compress_flat", 11, "Compress", [F(3, 2), T(DType.Bool, [5], 0, 1, 0, 0, 1)]),
        Node("nonzero", 13, "NonZero", [T(DType.Bool, [2, 2], 1, 0, 1, 1)]),
        Node("nonzero_int", 13, "NonZero", [T(DType.I64, [2, 2], 1, 0, 3, -1)]),
        Node("nonzero_scalar", 13, "NonZero", [T(DType.F32, [], 1)], expected: [T(DType.I64, [0, 1])]),
        Node("reversesequence_time", 10, "ReverseSequence", [F(4, 4), I(4, 3, 2, 1)], [A("time_axis", 0), A("batch_axis", 1)]),
        Node("reversesequence_batch", 10, "ReverseSequence", [F(4, 4, 2), I(1, 2, 3, 4)], [A("time_axis", 1), A("batch_axis", 0)]),
    ];

    private static IEnumerable<Form> Scatters() =>
    [
        Node("scatter_9", 9, "Scatter", [F(1, 5), T(DType.I64, [1, 2], 1, 3), T(DType.F32, [1, 2], 1.1, 2.1)], [A("axis", 1)]),
        .. from reduction in new[] { "none", "add", "mul", "max", "min" }
           select Node($"scatter_elements_{reduction}", 18, "ScatterElements", [F(1, 5), T(DType.I64, [1, 2], 1, -2), T(DType.F32, [1, 2], 1.1, 2.1)], [A("axis", 1), A("reduction", reduction)]),
        .. from reduction in new[] { "add", "mul", "max", "min" } from type in new[] { DType.F32, DType.I32, DType.I64 }
           select Node($"scatter_elements_{reduction}_{type}", 18, "ScatterElements", [Of(type, 3, 2), T(DType.I64, [2, 2], 1, 0, 1, 2), Of(type, 2, 2)], [A("axis", 0), A("reduction", reduction)]),
        .. from reduction in new[] { "none", "add", "mul", "max", "min" }
           select Node($"scatternd_{reduction}", 18, "ScatterND", [F(4, 4, 4), T(DType.I64, [2, 1], 0, reduction == "none" ? 2 : 0), F(2, 4, 4)], [A("reduction", reduction)]),
        Node("scatternd_11", 11, "ScatterND", [F(8), T(DType.I64, [4, 1], 4, 3, 1, 7), V(9, 10, 11, 12)]),
        Node("tensorscatter_3d", 24, "TensorScatter", [F(2, 4, 3), F(2, 2, 3), I(1, 2)], [A("axis", 1)]),
        Node("tensorscatter_circular", 24, "TensorScatter", [F(2, 1, 4, 5), F(2, 1, 2, 5), I(1, 3)], [A("mode", "circular")]),
        Node("tensorscatter_no_indices", 24, "TensorScatter", [F(2, 1, 4, 5), F(2, 1, 2, 5)]),
    ];

    private static IEnumerable<Form> Choices() =>
    [
        Node("topk", 24, "TopK", [F(3, 4), I(3)], [A("axis", 1)], outputs: 2),
        Node("topk_negative", 24, "TopK", [F(3, 4), I(3)], [A("axis", -1)], outputs: 2),
        Node("topk_smallest", 11, "TopK", [F(3, 4), I(3)], [A("axis", 1), A("largest", 0), A("sorted", 1)], outputs: 2),
        Node("topk_axis_0", 11, "TopK", [F(3, 4), I(2)], [A("axis", 0)], outputs: 2),
        .. from type in new[] { DType.I64, DType.I32, DType.F64 } select Node($"topk_{type}", 11, "TopK", [Of(type, 3, 4), I(3)], [A("axis", 1)], outputs: 2),
        Node("topk_uint64", 24, "TopK", [T(DType.U64, [3, 4], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), I(3)], [A("axis", 1)], outputs: 2,
            expected: [T(DType.U64, [3, 3], 3, 2, 1, 7, 6, 5, 11, 10, 9), T(DType.I64, [3, 3], 3, 2, 1, 3, 2, 1, 3, 2, 1)]),
        Node("topk_ties", 11, "TopK", [V(0, 0, 0, 0), I(3)], [A("axis", 0)], outputs: 2),
        Node("topk_ties_2d", 11, "TopK", [T(DType.F32, [3, 4], 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 1, 1), I(3)], [A("axis", 1), A("largest", 0)], outputs: 2),
        Node("topk_1", 7, "TopK", [F(3, 4)], [A("k", 2)], outputs: 2),
        Node("topk_10", 10, "TopK", [F(3, 4), I(2)], [A("axis", 0)], outputs: 2),
        Node("unique_flat", 11, "Unique", [T(DType.F32, [2, 3], 2, 1, 1, 3, 4, 3)], [], outputs: 4),
        Node("unique_unsorted", 11, "Unique", [V(2, 1, 1, 3, 4, 3)], [A("sorted", 0)], outputs: 4),
        Node("unique_axis_3d", 11, "Unique", [T(DType.F32, [2, 4, 2], 1, 1, 0, 1, 2, 1, 0, 1, 1, 1, 0, 1, 2, 1, 0, 1)], [A("axis", 1), A("sorted", 1)], outputs: 4),
        Node("unique_strings", 11, "Unique", [Str([4], "b", "a", "b", "c")], [], outputs: 4),
        Node("unique_first_only", 11, "Unique", [I(3, 1, 3)]),
        .. from k in new int?[] { null, 0, 2, -1, 10, -10 }
           from upper in new[] { 0, 1 }
           select Node($"trilu_{k}_{upper}", 14, "Trilu", k is { } at ? [Of(DType.I64, 4, 5), S(at)] : [Of(DType.I64, 4, 5)], [A("upper", upper)]),
        .. from upper in new[] { 0, 1 } select Node($"trilu_square_{upper}", 14, "Trilu", [Of(DType.I64, 2, 3, 3)], [A("upper", upper)]),
        .. from upper in new[] { 0, 1 } select Node($"trilu_empty_{upper}", 14, "Trilu", [Of(DType.I64, 3, 0, 5), S(6)], [A("upper", upper)]),
        .. from upper in new[] { 0, 1 } select Node($"trilu_row_{upper}", 14, "Trilu", [Of(DType.I64, 3, 1, 5), S(1)], [A("upper", upper)]),
        Node("onehot_without_axis", 11, "OneHot", [I(0, 7, 8), S(12), T(DType.I32, [2], 2, 5)]),
        Node("onehot_negative_indices", 11, "OneHot", [I(0, -7, -8), T(DType.F32, [1], 10), V(1, 3)], [A("axis", 1)]),
        Node("onehot_float_indices", 11, "OneHot", [T(DType.F32, [2, 2], 1, 9, 2, 4), T(DType.F32, [], 10), V(1, 3)], [A("axis", -2)]),
        Node("onehot_out_of_range", 11, "OneHot", [I(0, 12, -13), I(10), V(1, 3)]),
    ];

    private static IEnumerable<Form> Fills() =>
    [
        Node("constantofshape_ones", 25, "ConstantOfShape", [I(4, 3, 2)], [A("value", T(DType.F32, [1], 1))]),
        Node("constantofshape_int", 25, "ConstantOfShape", [I(10, 6)], [A("value", T(DType.I32, [1], 0))]),
        Node("constantofshape_default", 9, "ConstantOfShape", [I(10, 6)]),
        Node("constantofshape_scalar", 9, "ConstantOfShape", [I()]),
        Node("eyelike_dtype", 22, "EyeLike", [Of(DType.I32, 3, 4)], [A("dtype", (int)DType.F64)]),
        Node("eyelike_k", 9, "EyeLike", [Of(DType.I32, 4, 5)], [A("k", -2)]),
        Node("range_negative", 11, "Range", [T(DType.I32, [], 10), T(DType.I32, [], 6), T(DType.I32, [], -3)]),
        .. from type in new[] { DType.I16, DType.I64, DType.F32, DType.F64 } select Node($"range_{type}", 11, "Range", [T(type, [], 1), T(type, [], 9), T(type, [], 3)]),
        Node("range_empty", 11, "Range", [T(DType.I64, [], 5), T(DType.I64, [], 5), T(DType.I64, [], 3)]),
        Node("range_bf16", 27, "Range", [T(DType.BF16, [], 1), T(DType.BF16, [], 5), T(DType.BF16, [], 2)], expected: [T(DType.BF16, [2], 1, 3)]),
        .. from constant in new (string, object, RefValue)[]
           {
               ("value_int", 5, S(5)), ("value_float", 2.5f, T(DType.F32, [], 2.5)), ("value_ints", new[] { 1, 2 }, I(1, 2)), ("value_floats", new double[] { 1, 2 }, V(1, 2)),
               ("value_string", "x", Str([], "x")), ("value_strings", new[] { "x", "y" }, Str([2], "x", "y")), ("value", Str([2], "a", "b"), Str([2], "a", "b")),
           }
           select Node($"constant_{constant.Item1}", 25, "Constant", [], [A(constant.Item1, constant.Item2)], expected: [constant.Item3]),
    ];
}
